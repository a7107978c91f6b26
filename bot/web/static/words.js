// What the pages say. What the bot says comes from the bot; these are labels and the pages' own errors.

const WORDS = {
  zh: {
    language: "English", language_label: "Switch to English",
    online: "已连接", offline: "连接中断，正在重连；未发出的内容会保留", connecting: "正在连接…",
    send: "发送", attach: "附件", download: "下载 {name}", write: "输入消息", write_label: "给 Wardline 写消息（{name}）",
    log: "{name} 的消息", remove: "移除", reply: "回复", replying: "回复 {ticket}", cancel: "取消",
    sound_on: "声音：开", sound_off: "声音：关", logout: "退出", only: "单独打开",
    page: "呼叫", reminder: "提醒", breach: "违约", group: "群消息", bot: "Wardline",
    sending: "发送中…", waiting: "等待网络，稍后自动重发", retry: "重发",
    empty: "还没有消息。直接用平常的话说就行。", flash: "新呼叫",
    too_big: "文件太大，上限 {size} MB，没有发送。", too_many_files: "一次最多 {limit} 个文件，没有发送。",
    often: "发得太快了，请 {wait} 秒后再试。", storage: "暂时无法保存，正在重试…", failed: "没有发送成功。", pressed: "已选择：{label}",
    hospital: "医院", provider: "服务商",
    clinician: "临床", engineer: "工程师", lead: "组长", provider_manager: "服务商经理",
    department_head: "科室主任", hospital_manager: "医院管理部门", administrator: "管理员",
    log_in: "登录", person: "账号或工号", password: "密码", link_hint: "没有密码？请管理员发一个一次性登录链接。",
    welcome: "欢迎", enter: "进入", once_hint: "这个链接只能用一次。",
    error_wrong: "账号或密码不对。", error_often: "尝试次数太多，请一分钟后再试。", error_link: "链接已用过或已过期，请再要一个。",
    chips: {
      clinician: ["急诊所有电脑HIS都进不去", "HIS打不了处方，门诊3号诊室", "怎么样了？", "还是不行", "好了，谢谢"],
      engineer: ["工单", "值班", "到场", "远程不行", "修好了：原因是服务异常，重启后恢复", "帮助"],
      lead: ["工单", "值班", "帮助"],
      provider_manager: ["工单", "值班"],
      department_head: ["进度", "同意", "帮助"],
      hospital_manager: ["工单", "值班", "同意"],
      administrator: ["工单", "值班", "帮助"],
    },
  },
  en: {
    language: "中文", language_label: "切换到中文",
    online: "Connected", offline: "Offline, reconnecting; what you wrote is kept", connecting: "Connecting…",
    send: "Send", attach: "Attach", download: "Download {name}", write: "Write a message", write_label: "Message to Wardline ({name})",
    log: "Messages of {name}", remove: "Remove", reply: "Reply", replying: "Replying to {ticket}", cancel: "Cancel",
    sound_on: "Sound: on", sound_off: "Sound: off", logout: "Log out", only: "Open alone",
    page: "Page", reminder: "Reminder", breach: "Breach", group: "Group", bot: "Wardline",
    sending: "Sending…", waiting: "Waiting for the network; it is sent again by itself", retry: "Send again",
    empty: "No messages yet. Just say it in your own words.", flash: "New page",
    too_big: "The file is too big (limit {size} MB); nothing was sent.", too_many_files: "At most {limit} files at once; nothing was sent.",
    often: "That was too fast; please try again in {wait} s.", storage: "It cannot be stored right now, trying again…", failed: "It was not sent.", pressed: "Chosen: {label}",
    hospital: "Hospital", provider: "Provider",
    clinician: "Clinician", engineer: "Engineer", lead: "Lead", provider_manager: "Provider's manager",
    department_head: "Department head", hospital_manager: "Hospital's manager", administrator: "Administrator",
    log_in: "Log in", person: "Name or staff number", password: "Password", link_hint: "No password? Ask the administrator for a one-time link.",
    welcome: "Welcome", enter: "Enter", once_hint: "This link works once.",
    error_wrong: "The name or the password is wrong.", error_often: "Too many tries; please wait a minute.", error_link: "The link was used or is over; ask for another.",
    chips: {
      clinician: ["HIS is down on all computers in the emergency room", "HIS does not print in room 3", "How is it going?", "Still broken", "It works, thank you"],
      engineer: ["tickets", "on call", "arrived", "remote failed", "fixed: cause was a hung service, restarted it, works again", "help"],
      lead: ["tickets", "on call", "help"],
      provider_manager: ["tickets", "on call"],
      department_head: ["status", "approve", "help"],
      hospital_manager: ["tickets", "on call", "approve"],
      administrator: ["tickets", "on call", "help"],
    },
  },
};

function preferred() {
  try {
    const kept = localStorage.getItem("wardline.language");
    if (kept in WORDS) return kept;
  } catch { /* storage is switched off: the browser's language will do */ }
  return (navigator.language || "zh").toLowerCase().startsWith("zh") ? "zh" : "en";
}

export let language = preferred();

export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  try { localStorage.setItem("wardline.language", language); } catch { /* kept for this page alone */ }
}

export function word(key, fields = {}) {
  const text = WORDS[language][key] ?? key;
  return typeof text === "string" ? text.replace(/\{(\w+)\}/g, (_, name) => fields[name] ?? "") : text;
}
