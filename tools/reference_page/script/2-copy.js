// Buttons that copy: the code beside them, or the token that they name.

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const name = button.textContent;
  const source = button.parentElement.querySelector("code, output");
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Select and copy it"; // the browser gives no access to its clipboard
  }
  setTimeout(() => (button.textContent = name), 2000);
});
