/** Saves a file as a download of the browser. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has started before the next task, and no longer needs the URL.
  setTimeout(() => URL.revokeObjectURL(url));
}
