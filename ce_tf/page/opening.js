// A photo that is dropped anywhere on the page, or pasted, is opened as if it had been
// chosen with "Open a photo": the file itself is sent, with its metadata.
(() => {
  const open = (files, event) => {
    const photo = [...files].find((file) => file.type.startsWith("image/"));
    const input = document.querySelector("#open-photo")?.parentElement
      .querySelector("input[data-testid^='Open a photo']");
    if (!photo || !input) return;
    event.preventDefault();
    event.stopPropagation();
    const transfer = new DataTransfer();
    transfer.items.add(photo);
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const capture = { capture: true };
  document.addEventListener("dragover", (event) => event.preventDefault(), capture);
  document.addEventListener("drop", (event) => open(event.dataTransfer.files, event), capture);
  document.addEventListener("paste", (event) => open(event.clipboardData.files, event), capture);
})();
