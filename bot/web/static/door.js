// The pages outside: log-in and one-time link.
import { language, switchLanguage, word } from "./words.js";

function paint() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  const error = document.getElementById("error");
  const code = error.dataset.error;
  error.textContent = ["wrong", "often", "link"].includes(code) ? word(`error_${code}`) : "";
  const button = document.getElementById("language");
  button.textContent = word("language");
  button.setAttribute("aria-label", word("language_label"));
}

document.getElementById("language").addEventListener("click", () => { switchLanguage(); paint(); });
paint();
