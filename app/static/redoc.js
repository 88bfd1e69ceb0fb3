// ReDoc writes its styles while it runs; the nonce has to be known before it loads.
const place = document.getElementById("redoc");
window.__webpack_nonce__ = place.dataset.nonce;
const { init } = await import(place.dataset.redoc);
// Unasked, it would report every visit to its maker.
init(place.dataset.document, { disableTelemetry: true }, place);
