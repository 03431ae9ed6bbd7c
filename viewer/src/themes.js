// Dark or light: what the system prefers, until the button says otherwise. Kept where the browser allows it; a file from
// disk may not be allowed to keep anything.

const KEY = "loci-theme";

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function store(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // then it lasts as long as the page
  }
}

export function buildThemeButton(button, onChange, signal) {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let own = stored();

  function apply() {
    const theme = own ?? (dark.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    button.textContent = theme === "dark" ? "\u2600 Light" : "\u263e Dark";
    button.setAttribute("aria-label", theme === "dark" ? "Change to the light theme" : "Change to the dark theme");
    onChange();
  }

  dark.addEventListener("change", apply, { signal });
  button.addEventListener("click", () => {
    own = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    store(own);
    apply();
  });
  apply();
}
