// Pictures made on the phone: a signature drawn with a finger, and photos made small enough to be kept and sent.

const LONGEST_SIDE = 1600;

export function signature(field) {
  const canvas = field.querySelector("canvas");
  const pen = canvas.getContext("2d");
  let drawn = false;

  const clear = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    Object.assign(pen, { strokeStyle: "#1a1a1a", lineWidth: 4, lineCap: "round", lineJoin: "round" });
    drawn = false;
  };
  const move = (event, begin = false) => {
    const box = canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) * canvas.width) / box.width;
    const y = ((event.clientY - box.top) * canvas.height) / box.height;
    if (begin) pen.beginPath(), pen.moveTo(x, y);
    pen.lineTo(x, y);
    pen.stroke();
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    drawn = true;
    move(event, true);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) move(event);
  });
  field.querySelector("[data-clears]").addEventListener("click", clear);
  clear();
  field.hidden = false;
  return () => (drawn ? new Promise((resolve) => canvas.toBlob(resolve, "image/png")) : null);
}

// A camera's picture is larger than anybody needs as a proof. What cannot be read here is left to the office to judge.
export async function smaller(file) {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return (await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85))) ?? file;
  } catch {
    return file;
  }
}
