// The buttons that unfold pages in the menu bear an icon alone: say what they do.
document.addEventListener("DOMContentLoaded", () => {
  for (const toggle of document.querySelectorAll("summary:has(.toctree-toggle)")) {
    toggle.setAttribute("aria-label", "Pages below");
  }
});
