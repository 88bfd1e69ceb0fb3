// Shows the API's description; the address of the document is in the page, so that nothing is inline.
const place = document.getElementById("swagger-ui");
SwaggerUIBundle({ url: place.dataset.document, domNode: place, validatorUrl: null });
