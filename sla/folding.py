"""Text as it is compared: lower case, half-width, simplified characters; a position stays the same position."""

# Traditional characters and Cantonese words met in reports, each with the simplified form that rules are written in.
_TRADITIONAL = (
    "掛挂 尋寻 佈布 併并 尷尴 拋抛 搖摇 損损 撥拨 攔拦 敗败 敵敌 暫暂 權权 業业 極极 構构 槍枪 樞枢 檔档 "
    "醫医 囑嘱 診诊 門门 護护 電电 腦脑 網网 絡络 號号 開开 關关 進进 還还 來来 沒没 點点 時时 間间 這这 "
    "個个 們们 問问 題题 報报 統统 錯错 誤误 壞坏 斷断 請请 謝谢 麼么 嗎吗 處处 費费 藥药 檢检 驗验 單单 "
    "據据 資资 數数 庫库 歷历 後后 從从 現现 發发 級级 線线 連连 結结 錄录 記记 機机 輸输 櫃柜 樓楼 術术 "
    "麗丽 兒儿 產产 婦妇 內内 腫肿 經经 腎肾 飛飞 動动 態态 應应 該该 讓让 為为 員员 幾几 兩两 鐘钟 鍾钟 "
    "週周 禮礼 話话 說说 對对 過过 邊边 顯显 異异 復复 複复 稱称 師师 強强 聽听 螢荧 讀读 設设 備备 帳账 "
    "終终 廳厅 體体 頁页 條条 碼码 視视 頻频 錢钱 勞劳 煩烦 緊紧 搶抢 傳传 導导 圖图 書书 優优 換换 寫写 "
    "雙双 隻只 嘅的 哋们 唔不 冇没 喺在 嘢事 咗了 嚟来 佢他 俾给 睇看 啲些 嗰那 係是 咯了 喽了 攞拿 咁这 乜什 諗想 "
    "剛刚 當当 頭头 節节 無无 變变 樣样 會会 凍冻 鎖锁 閃闪 儀仪 訊讯 輪轮 轉转 載载 運运 選选 達达 黃黄 "
    "飯饭 準准 測测 燈灯 狀状 環环 畫画 監监 盤盘 確确 離离 種种 細细 組组 給给 緩缓 總总 織织 繼继 續续 "
    "職职 藍蓝 補补 裝装 見见 規规 計计 證证 評评 試试 詢询 認认 調调 講讲 車车 較较 辦办 遲迟 鍵键 長长 "
    "閉闭 陽阳 陰阴 隨随 難难 須须 項项 順顺 館馆 餘余 僅仅 滿满 價价 際际 軟软 癱瘫 虧亏 擾扰 億亿 滅灭 "
    "彈弹 夠够 劃划 衝冲 憶忆 擊击 擴扩 標标 欄栏 殘残 漢汉 灣湾 獨独 療疗 癒愈 稅税 穩稳 競竞 筆笔 築筑 "
    "簡简 紀纪 約约 紅红 純纯 絕绝 綠绿 維维 編编 緣缘 縣县 聯联 腳脚 臟脏 舊旧 艙舱 蘇苏 虛虚 訂订 訪访 "
    "註注 詳详 誰谁 談谈 諮咨 謹谨 貴贵 買买 貼贴 質质 購购 賬账 贈赠 趕赶 跡迹 踐践 輕轻 輛辆 辭辞 農农 "
    "違违 適适 遠远 遺遗 郵邮 鄰邻 釋释 針针 銀银 銷销 鋼钢 鏈链 鐵铁 閱阅 隊队 陳陈 階阶 險险 雖虽 雜杂 "
    "靜静 響响 領领 頸颈 顆颗 額额 願愿 類类 顧顾 飲饮 駐驻 髮发 鬆松 魚鱼 鳥鸟 麥麦 齊齐 齡龄 "
)
_KEPT = set("唔冇嚟啲嗰哋")
_TABLE: dict[int, str] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_TABLE |= {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
_TABLE |= {code: chr(code - 0xFEE0 + 32) for code in range(0xFF21, 0xFF3B)}
_TABLE |= {ord(pair[0]): pair[1] for pair in _TRADITIONAL.split() if pair[0] not in _KEPT}
_TABLE |= {
    0x3000: " ",
    0x00A0: " ",
    ord("、"): "、",
    ord("，"): ",",
    ord("…"): ",",
    ord("～"): "~",
    ord("’"): "'",
    ord("\r"): "\n",
}


def fold(text: str) -> str:
    """Lower case, half-width, simplified; as long as it was."""
    return text.translate(_TABLE)
