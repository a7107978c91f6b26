"""Names of persons, found by the words that introduce them: 患者张三, 姓名：李四, 12床王五, patient John Smith.

A name without such a word is not found, nor one whose characters begin like none. Staff who sign with their names
are no patients: 我是护士王芳 stays.
"""

import re

from handlers.intake.lazy import Lazy

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢"
    "傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎闫薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤温康施牛"
    "樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉翁"
    "蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戎岑景党宫费卜冷晏席卫米柏宗瞿"
    "桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝文骆闻谌楚赖兀候洪付代占鄢鞠宿"
    "赫邸郁储屠练漆揭厉计干满利花水危郦干尧展蔺晋屈原冶那言丘诸强燕么初展海"
)
_TWO = "欧阳|司马|上官|诸葛|皇甫|东方|尉迟|令狐|宇文|慕容|长孙|夏侯|公孙|轩辕|呼延|南宫|独孤|端木|司徒|司空|西门|百里"
# Characters that parents choose. Right behind a role, one of them must follow the surname, unless the name ends there.
_CHOSEN = (
    "一三四五六七八丁万丽乃义之乐九书云亚亦京亭亮人仁今从仕仙令仪伊伍伟伦伯佑佐佩佳佰依侠俊保信修俪俞倩倪健偉傲"
    "儒元兆先光克全公兰兴其典兵冉军冠冬冰凌凤凯凡刚利剑力劲勇勋勤北千升华卉卓南博卫卿厚原友双发叔古叶司合吉同名"
    "君吟启周和咏品哲唯喜善嘉四囡国圆圣坚坤美慕英台容坦城培基堂堃增士壮夏夕大天太夫奇奕奚奥女好如妍妙妤妮妹姗姝姣娅娇娜娟"
    "娣娥婉婕婧婵婷媛嫣嫦子孔存孝孟季学宁宇守安宏宗定宜宝实宣宪家容宸宽宾富寒寿小少尔尚山岗岚岩岭岳峥峦峰峻崇"
    "川州工巧巍帅帆师希平年广庆康庭建弘弟强彤彦彩彪彬影征循德心志忠快思怀怡恒恩恬悦惠惜愉慈慧懿成才扬承抒拓振"
    "捷敏敬文斌斐新方旋旦旭昂昆昊昌明易星春昭显晋晓晔晖晗晚晨景晴晶智暄曦曼月有朋朗望木本朵杉杏杰松林果枝柏柔"
    "柯柳栋树根格桂桃桐桑梁梅梓梦棋森植楚楠榕槐樱欢欣歌正武毅民水永江池汉汝沁沙沛沅河治泉泓波泰泽洁洋洪洲津浩"
    "海涛涵淇淑淼清渊温源溪滢漫潇潮澄澜瀚灵灿炎炜炫炳烁烨焕然熙燕爱爽牛玉玖玟玥玮玲珂珊珍珠珺琦琪琬琳琴琼瑄瑛瑜"
    "瑞瑶璇璐璟甜生用田甲申男畅白百皓益盈盛相真睿石硕碧磊祖祥福禄禾秀秋科程稳穆立竹笑筠箐筱纪红纯纲练绍绣继维绮"
    "群羽翀翊翔翠翰翼老耀聪聿胜胤腾自臣舒舜良艳艺节芊芝芦芬芮花芳芷苏苑若英茂茗茜茵茹荃荣荷莉莎莲莹菁菊菲萌萍"
    "萧萱落葆葵蓉蓓蓝蔓蔚蕊蕴蕾薇藜虎虹蝶行衡裕西言诗诚语谊豪豹贝贞财贤贵赐超越跃路轩辉达远迪逸邦郁采里重野金"
    "鑫钊钢钧铁铃铎铭银锋锐锦长闯阳阿陆雁雄雅雨雪雯雷霄霆霏霖霞露青静靖韬韵顺颂颖风飞香馨骁骏骥高魁鸣鸿鹃鹏鹤"
    "麒麟黎齐龙伶俏冲向曜潘宋仲妃姿诺希辰羿允一沐芸汐澈苒朔煜梵莫冉屹堔喆旻昱昕晟炯珅琛璋禹稷端箫腊苹菡蒙赫"
    "邵郎鲲默齐夜荔桦棠栩樾浠湘滔濛爵鸽琅乔霍映夷尼亿佟付召叙呈琰璎玺祺禧秉笙缘羚翎茉茏蓁蕙谦谨赞辞迅逊邈钰铠"
    "锴镇雍霓鳌麓二十富喜发根满囤拴柱栓娃毛狗蛋腊军"
)
# Characters that stand in no given name: where one follows, the sentence goes on.
_NO_GIVEN = (
    "的之了在要出去来打把被说做是有不没都也和到用开看上下报检住入转手急需后前时间门诊室床号病患者医护药费单"
    "据码类查收退录写读调取传送换交办领约这那哪怎么吗呢吧啊呀给跟与或但就还又再才已能可会想让叫请帮"
)
_YET = "(?:可[欣馨心儿盈昕]|时珍|有[才财福为德年光信明]|来[福喜娣弟]|和平|开[明元]|之[之远]|传[钧瑛芳]|[秀俊英成]才)"
# Words after a name of two characters, whose first could be a third one.
_GOES_ON = (
    "反映|反馈|等[了着待]|投诉|建[档卡]|监护|体温|血[压糖型常氧]|尿|化验|就诊|复诊|显示|姓名|名字|性别|年龄|男|女|昨"
    "|今天|明天"
    "|腕带|标本|影像|胶片|胸|头颅|心电|手术|手机|挂号|缴|结[算果账]|预约|排队|签|刷|抽|采血|发[热烧药]|家属|本人|先生"
    "|女士"
    "|电话|皮试|医保|无法|自助|申请|同名|生日|信息|数据|多[了次]|重复|登记|新生|验|核|补|扫|拍|做|过敏|突|现"
)
_GIVEN = rf"(?:{_YET}|(?:(?!{_GOES_ON}|[{_NO_GIVEN}])[\u4e00-\u9fff]){{1,2}})"
_STYLE = (
    "(?:老(?:太|伯|头|汉|人家)|老?(?:太太|先生|爷子|爷爷|奶奶|师傅)|大[爷妈娘伯叔姐哥]|[阿大]?[姨婆]婆?|奶奶|爷爷"
    "|婆婆|氏(?:之[子女])?|女士|小姐|叔叔|某{1,3})"
)
_SURNAME = rf"(?:{_TWO}|[{_SURNAMES}])"
_ENDS = r"(?=[\s,，。！!?？;；:：、()（）\]】”\"\d的和与跟]|$"
_AFTER = _ENDS + f"|{_GOES_ON}|[血体医病检报结费输护转出入今昨刚要没不有无在需术手说门住床查开报办退呼药打])"
_STRONG = rf"{_SURNAME}(?:{_STYLE}|{_GIVEN})"
_WEAK = (
    rf"(?:{_SURNAME}(?:{_STYLE}|{_YET}|(?=[{_CHOSEN}]){_GIVEN}|{_GIVEN}{_AFTER}))"
    rf"|(?:老|小)[{_SURNAMES}]{_ENDS}|说)|[小阿][明红华芳丽刚强军宝雨宇杰龙虎凤玲敏静雪林]{_AFTER}"
)
_ROLE = (
    "(?:患者|病人|病员|病患|产妇|孕妇|患儿|家属|伤者|伤员|逝者|死者|宝宝|新生儿|受检者|被检者|老人家?|监护人|就诊人"
    "|家长|母亲|父亲"
    "|妈妈|爸爸|丈夫|妻子|爱人|儿子|女儿|孩子|小孩|小朋友|(?<!姓)名字|外宾|姓名)(?:们|本人)?(?:的?(?:姓名|名字))?"
)
_MARKS = r"[：:\s“”\"'「『【（(《]{0,3}"
_STRONG_NAME = Lazy(
    rf"({_ROLE}{_MARKS}(?:名?叫做?|名为|姓名[是为]|[：:“\"「『【《]){_MARKS}|(?:姓名|名字)[是为叫]{_MARKS}"
    rf"|有?个?名?叫(?=[^的，。]{{2,4}}的(?:病人|患者|孩子|小孩|老人)))({_STRONG})"
)
_WEAK_NAME = Lazy(rf"({_ROLE}[是为]?[\s（(]{{0,2}})({_WEAK})")
_BED_NAME = Lazy(
    r"((?:(?:\d{1,3}|[一二三四五六七八九十]{1,3})\+?\s?(?:号?床(?:的|号|位)?)"
    r"|床[号位]?[:：]?\s?\d{1,3}(?![\d:：])床?)[\s,，:：（(\-]{0,2}"
    rf"(?:患者|病人|老人|患儿|产妇|家属|[男女])?[\s:：]?)({_SURNAME}{_STYLE}|(?:{_WEAK}){_AFTER})"
)
_NUMBERED_NAME = Lazy(rf"(\[(?:病历号|身份证)\][\s，,]?(?:的|患者|病人|姓名|\s)[：:\s]?)({_STRONG}{_AFTER})")
_NEXT_NAME = Lazy(
    rf"(\[姓名\](?:[和与跟及、/]|，(?=.{{2,3}}(?:[，、的]|$)))\s?(?:患者|病人|\d{{1,3}}床)?)({_STRONG}{_AFTER})"
)
# 张三写成了张山: what a name was made of, or should be.
_OTHER_NAME = Lazy(
    r"(\[姓名\](?:(?:的?名字)?(?:被|给)?(?:写|打|录|错|改|显示|登记|变|输|建)(?:成了?|为)|[，,]\s?(?:不对|错了)[，,]?\s?(?:应该?|其实)?是))"
    rf"({_STRONG}{_AFTER})"
)
_BEFORE_NUMBER = Lazy(
    rf"((?:^|[，,。\s]|查一?下|看一?下)\s?)({_STRONG}(?=[\s，,（(]{{0,2}}(?:住院|病历|门诊|就诊|登记)号))"
)
# Names of other peoples, transliterated: with a dot, or by the syllables that they are made of.
_SOUND = (
    "阿艾安奥巴白班保贝比伯博卜布才查措次达代丹德登迪地蒂丁东杜多恩尔法范菲夫福甫噶盖哥格根贡古哈海罕汗赫胡花吉加江杰金卡凯康"
    "柯科克肯孔库奎拉来莱兰朗勒雷里力利莲廉列琳林龙卢鲁路伦罗洛马玛买麦曼梅门蒙孟米密明莫木穆姆娜纳南内尼农努诺欧"
    "帕潘佩彭皮平普其奇齐强乔钦琴青曲热仁日肉瑞若萨赛桑色沙莎山珊舍史舒斯松苏索塔台泰坦唐特提铁图吐托瓦旺万威维韦温翁沃乌吾"
    "西希夏肖谢辛新休雅亚央杨耶叶伊依因英尤于裕玉约赞扎增泽占哲珍珠卓孜自宗祖佐合堆姑贡军娅孙苗云甲麻让姐衣莉丽拜"
)
_DOTTED = Lazy(
    rf"({_ROLE}(?:叫|是|为)?{_MARKS}|床\s?)[\u4e00-\u9fff]{{1,6}}?[·•・.．](?:[{_SOUND}]{{1,7}}"
    rf"|[\u4e00-\u9fff]{{1,3}}(?![\u4e00-\u9fff]))"
    rf"(?:[·•・][{_SOUND}]{{1,7}})?"
)
_SOUNDED = Lazy(
    rf"({_ROLE}(?:叫|是|为)?{_MARKS}|床\s?)"
    "(?:阿(?=[依不布卜迪孜旺里力合西甫娜])|古[丽力]|买[买合]|麦麦|艾[力合尔]|热[合依]|吐尔|图尔|努尔|迪[丽力]"
    "|帕[提丽]|玛依|木拉|肉孜|库尔|赛买|吾买"
    "|玉素|祖丽|米日|哈丽|卓玛|扎西|次仁|多吉|央金|格桑|[旦丹]增|尼玛|洛桑|白玛|德吉|旺堆|索朗|达瓦|边巴|拉姆|仁青"
    "|普布|米玛"
    "|强巴|贡布|平措|顿珠|曲珍|巴桑|其其|巴特|乌兰|娜仁|苏日|斯琴|托娅|那日|萨日)"
    rf"[{_SOUND}木其]{{0,6}}"
)
_WORD = r"(?:[A-Z][a-z]{1,14}(?:['’-][A-Z]?[a-z]{1,14})?|[A-Z]['’][A-Z][a-z]{1,14}|[A-Z]\.)"
_NO_PERSON = (
    "(?:Records?|Lists?|Reg\\w*|Manag\\w*|Admi\\w*|Portal|Data|Care|Safety|Services?|Info\\w*|Monitors?|Search|Names?"
    "|Column|Fields?|Index"
    "|I[dD]|Ident\\w+|Wrist\\w*|Labels?|Cards?|Educ\\w*|Transf\\w*|Beds?|Orders?|Entry|Apps?|Web|Wi-?[fF]i|Excel"
    "|Windows|Bugs?|Pacs|His|Lis|Emr"
    "|Discharge|Sched\\w*|Billing|Flow|Call|Queue|Track\\w*|Files?|Folder|Charts?|Number|View\\w*|History|Status"
    "|Visits?|Details?|Summary"
    "|Access|Accounts?|Doc\\w*|Photos?|Screens?|Tabs?|Tags?|Pages?|Modules?|System|Software|Servers?|Can|Cannot|Is"
    "|Are|Has|The|And|Not|No|Was|All"
    "|Errors?|Unknown|Invoices?|Missing|Room|Wait\\w*|Fix|Lab|Results?|Reports?|Images?|Test|Demo|Master|Printer"
    "|Device|Pump|Workstation)\\b"
)
_ENGLISH_NAME = Lazy(
    rf"((?:\b[Pp]atient|PATIENT|\b[Pp]ts?\.?|\b[Nn]ame(?=[:：]| is| of)|患者|病人|姓名|患儿|产妇|外宾|家属"
    rf"|\b[Bb]ed \d{{1,3}},?|\d床)"
    r"(?:'s)?(?: name)?(?: (?:is|named|called))?"
    rf"[\s:：,(]{{0,2}}(?:(?:Mr|Mrs|Ms|Miss)\.? )?)(?!{_NO_PERSON})({_WORD}(?:,? {_WORD}){{0,3}}"
    r"|(?!(?:HIS|LIS|PACS|EMR|ID|MRN|CT|MRI|ICU|OR|ER|US|DR|ECG|ED|IT|PC|TV|LAB|NOT|IS|ARE)\b)"
    r"[A-Z]{2,15},? (?!(?:HIS|LIS|PACS|EMR|ID|MRN|NOT|IS|ARE|LIST)\b)[A-Z][A-Za-z]{1,15})(?![A-Za-z0-9])"
)
_PLAIN_NAME = Lazy(
    r"(\b[Pp]atient(?:'s)? name(?: is|:)\s?)(?!is |not |wrong|miss|empty|shown|column|field)"
    r"([a-z]{2,15} [a-z]{2,15})\b(?=[,.;]|$)"
)
_TITLED = Lazy(rf"\b((?:Mr|Mrs|Ms|Miss)\.? )(?!{_NO_PERSON})({_WORD}(?: {_WORD})?)\b")
_ENDED = Lazy(rf"{_ENDS})")
_SOMEBODY = Lazy(rf"(?<![\u4e00-\u9fff])[{_SURNAMES}]某{{1,2}}(?![个些种条次项一天处科人])")
# Words that begin like a name and are none.
_NO_NAMES = Lazy(
    ".{1,3}(?:霉素|拉唑|沙星|地平|他汀|西林|洛尔|普利|沙坦|替尼|单抗|胶囊|露醇)|卫生|程序|程度|宫口|宫缩|宫颈|宫腔"
    "|党委|党支|应缴|应收|应付|单独|单人|单间|单位|单据|单子|马上|于昨|于今|于上|于下|曾经|曾在|曾有|常年"
    "|常规|易[感激怒于跌发出燃]|盛[装放水]|钟点|蓝光|史料|单元|解[锁除冻]|时间|时刻|时都|时不|时显|应该|应急|应当"
    "|应有|成功|成人|成分|关系|关联|关注|关机|解决|解释|左右|左侧|左[腿手眼肾]"
    "|房间|安全|安排|安置|安静|安装|方案|方便|方式|方面|方向|高[热血烧危龄度峰钾钠]|严重|严格|连接|连续|连片|连着"
    "|连台|何时|何况|任何|任意|任务|季度"
    "|温度|仲裁|通知|万一|万元|白[血细蛋天屏内色板]|金[额属]|石[膏头]|牛[皮奶]|康复|宁愿|包[括扎块含]|司机|荣幸|商量"
    "|桂圆|古怪|简[单称介]|宗教|辛苦"
    "|阳[性台]|管[子路床理道]|华西|江[北南]|余[额下]|钱包|段落|毕业|凌晨|童年|申[请诉报]|黄[疸染色体]|胡[闹言]"
    "|陈[述旧]|唐[氏筛]|施[救行工]|徐徐"
    "|尚未|纪录|周[一二三四五六日末期围岁]|谢谢|丁级|毛[病玻]|柳叶|孔隙|焦[虑急]|龙门|计划|常常|温馨|游[离走]|党员"
    "|章程|张力(?=[高低大性升过下不])"
    "|文[书件本字档]|平[车台板均]|明[细天显]|全[部院程都身麻名体]|水[电肿平]|和[家病医]|高[压清位]|时[长效期]|同[步时名]"
    "|项目|满意|历史|路径|牛黄|石蜡"
    "|连同|强制|海绵|初[次步始]|代[码办付]|付[费款]|干[预扰]|利[用尿]|花[费了]|展示|原[来因始]|成[本都]|安[卓心]"
    "|华[为法]|乐[器]|江湖|关[节闭键怀]"
    "|古代|云[端平]|方[可才]|万[事能]|雷[达]|马[桶]|高[速]|梅[毒]|米[汤糊]|白[班]|钟[表]|谷[丙草]|申[领]|麻[醉]"
    "|甘[油]|时[段区]|符[合]|言[语]"
    "|卫[星]|米[粒]|边[缘界]|计[费算]|路[由]|车[位]|查[询看]|冷[冻藏]|危[重急]|别[名]|席[位]|燕窝|余地|管控"
    "|江[苏西阴浙]|云南|安徽|成都|苏州|徐州|常[州德]|温州|金华|宁[波夏]|武[汉昌]|郑州|许昌|柳州|沈阳|石家庄|齐齐哈"
    "|包头|安[阳庆]|占[用位]|候[诊]|代[谢理]"
)
_SURE = Lazy(rf".[{_CHOSEN}](?:[{_CHOSEN}]{_AFTER}|[{_CHOSEN}](?![\u4e00-\u9fff])|(?=[,，。;；:：、()（）]|的|$))")
_NAMED = Lazy(
    r"((?:姓名|名字)[是为叫]?[：:\s]{1,3}|(?:姓名|名字)[是为叫])"
    r"(?!空白|乱码|问号|不详|未知|显示|必填|重复|错误|错的|不对|全名|匿名|为空|拼音|必须|一样|相同|正确|打错|没有|没了)"
    rf"((?:(?![{_NO_GIVEN}])[\u4e00-\u9fff]){{2,3}})(?=[,，。;；\s(（]|$)"
)
_COVERED = Lazy(
    rf"({_ROLE}(?:叫|是|为)?{_MARKS}|床\s?)"
    rf"(?:[{_SURNAMES}](?:[XxＸ*＊○〇]{{1,3}}|[\u4e00-\u9fff]{{1,2}}(?=[（(](?:\[病历号|住院|病历|门诊|登记|男|女)))"
    rf"|[{_SURNAMES}] [{_CHOSEN}](?=名字|[，,的。\s]|$))"
)
# Two characters that are a word: as a name they count only where a third one and an end follow.
_PAIRS = (
    "时候许多方法关于范围时代商品尤其文学文章金融商业高级任期石油解放高中毕竟厉害高校夏天韩国高原关心季节房子颜色"
    "黄金游戏司法任职简直陆续高等连忙任命何必房屋管辖时机高于高大周边何处文献单纯单行包围温暖庞大周年甘肃简历欧盟"
    "高温夏季方言安慰何以尚无连连揭露曲折储备严厉严峻纪律高层高低余种商务舒服高效方程金钱高呼蓝色诸多时尚练习温柔"
    "揭示单一严密曲线游泳焦点包袱储存何等高声宿舍包裹包装黄昏时常商店简化迟疑单个白衣连夜万分解答连声左边严谨石化"
    "管家方位商场管制仇恨应届诸位马路党派房价解散舒适解体胡乱漆黑盛大关头严禁涂料关切高亢迟早何故应力解剖时而严寒"
    "温差时节方形何人高端解析应试莫大柴油何事叶片顾及安放严守郁闷连锁关口顾虑应变时任高分屈服方略单身高处白人施加"
    "金色文体高价时空简易迟迟储蓄米饭米粥何种许久应为解题周身闻讯焦躁尚且商标应邀简陋金子单体高额毕生高铁何尝万个"
    "连带应声连日左脚左臂应酬商定严酷舒畅简便何苦解围单向管教单薄安稳温热童装温饱严加何方简短安顿曲面连环迟缓任性"
    "时装关爱时隔迟钝白酒单项连结任由何如舒展严明管线莫名简略颜面连累应得钟头文盲宿主章节程式单层连绵时钟解法温水"
    "辛辣应对何止何为连发高楼安详高深鞠躬应答蒙面单性包子房租高音连线辛酸连通甘草蓝牙左路施放包容蒙受何物金币齐整"
    "尚存范例谢绝申明施肥解雇舒张单科罗列时值单发时限揭穿单价金价申述叶酸金质凌乱何其任一安插毛衣方子舒缓管束安于"
    "何地焦灼严整胡须毛巾毛发毛囊白发白带白班蒙汗时区关怀安逸连台连打连报连个单双张口张嘴张贴温箱丁卡贾第黄芪白术"
    "白芍柴胡石斛华素康泰牛磺马来金葡白念柏油单核龙胆左乙左旋左心左肺左肩左膝左上左下左胸左背左额左氧安定谷胱蒙脱"
    "曲马曲妥曲霉柳氮莫西莫沙古拉苏打安宫舒芬郁金包皮包虫宫内宫外宫底管型管饲管喂单肺单侧单光路单申购步骤易燃常用"
    "常见常住常温常在马桶石材石蜡万能万用钱数钱款余数程控司药高氧高碳高糖高流高值高频高速高能高清高压高位黄码黄牌"
    "黄色白色蓝光蓝码金卡房颤房早房室房费房源卫材卫健项圈武警付给路口车辆平躺平卧平稳平时平均苏醒万家雷管单号单元"
    "单日单选向上向下应用边上边界计时计数连机白片林可麻药和谐欧洲安保安监项链舒血包药包床石板强化强行强直尤文史密"
    "温开"
)
_WORDS = frozenset(_PAIRS[at : at + 2] for at in range(0, len(_PAIRS), 2))
_NEVER_BEHIND_ROLE = Lazy("[费项别农席祝边全向和明成满干查危利花水冷车麻沙师路符计原那言么初展海强占候付代]")


def _hidden(found: re.Match[str]) -> str:
    name = found.group(2)
    if _NO_NAMES.match(found.string, found.start(2)) or (
        name[:2] in _WORDS and (len(name) < 3 or not _ENDED.match(found.string, found.end()))
    ):
        return found.group()
    return f"{found.group(1)}[姓名]"


def _behind_role(found: re.Match[str]) -> str:
    """Surnames that are words as well count with two chosen characters behind them, or before an end."""
    if _NEVER_BEHIND_ROLE.match(found.group(2)) and not _SURE.match(found.string, found.start(2)):
        return found.group()
    return _hidden(found)


_LATIN = Lazy("[Pp]atient|PATIENT|[Pp]t|[Nn]ame|[Bb]ed|M[rsi]|[患病产家外床]|姓名")
_OPENS = Lazy("[患病产孕家伤逝死宝新受被老监就母父妈爸丈外妻爱儿女孩小姓床]|名字|叫")


def hide_names(text: str) -> str:
    """The text with names behind the words that introduce them replaced by [姓名].

    Pure, total, linear. Numbers are expected to be replaced already: a name may stand behind [病历号].
    """
    if _LATIN.search(text):
        text = _ENGLISH_NAME.sub(r"\1[姓名]", text)
        text = _PLAIN_NAME.sub(r"\1[姓名]", text)
        text = _TITLED.sub(r"\1[姓名]", text)
    if _OPENS.search(text):
        text = _introduced(text)
    if "[" in text:
        text = _NUMBERED_NAME.sub(_hidden, text)
    text = _BEFORE_NUMBER.sub(_hidden, text) if "号" in text else text
    if "[姓名]" in text:
        text = _OTHER_NAME.sub(_hidden, _NEXT_NAME.sub(_hidden, text))
    return _SOMEBODY.sub("[姓名]", text) if "某" in text else text


def _introduced(text: str) -> str:
    text = _DOTTED.sub(r"\1[姓名]", text)
    text = _SOUNDED.sub(r"\1[姓名]", text)
    text = _COVERED.sub(r"\1[姓名]", text)
    text = _NAMED.sub(r"\1[姓名]", text) if "名" in text else text
    text = _STRONG_NAME.sub(_hidden, text)
    text = _WEAK_NAME.sub(_behind_role, text)
    return _BED_NAME.sub(_behind_role, text) if "床" in text else text
