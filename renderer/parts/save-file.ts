/** Hands a file to the person, as the browser does with a download. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun when the next task runs, and keeps what it needs.
  setTimeout(() => URL.revokeObjectURL(url));
}
