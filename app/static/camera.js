// Where the browser can read codes itself, the camera is a scanner: [data-camera] opens it, video.scan-eye shows what it sees.

export async function watchCamera(place, found) {
  const button = place.querySelector("[data-camera]");
  const eye = place.querySelector("video.scan-eye");
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices || button === null) return;
  const detector = new BarcodeDetector({ formats: ["code_128", "qr_code"] });
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (eye.srcObject) return close(eye);
    try {
      eye.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      button.hidden = true; // no camera, or not allowed: then there is nothing to offer
      return;
    }
    eye.hidden = false;
    await eye.play();
    look(detector, eye, found);
  });
}

function close(eye) {
  for (const track of eye.srcObject.getTracks()) track.stop();
  eye.srcObject = null;
  eye.hidden = true;
}

/** The same label stays in the picture for a while; it counts again after it was gone, or after three seconds. */
async function look(detector, eye, found, seen = { code: "", at: 0 }) {
  if (!eye.srcObject) return;
  const [code] = await detector.detect(eye).catch(() => []);
  const now = performance.now();
  if (code && (code.rawValue !== seen.code || now - seen.at > 3000)) found(code.rawValue);
  setTimeout(() => look(detector, eye, found, code ? { code: code.rawValue, at: now } : seen), 150);
}
