// Passkeys: asks the device, and sends its answer with the form. Without this file a code of an app does the same.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

function asked(options) {
  const found = { ...options, challenge: bytes(options.challenge) };
  if (found.user) found.user = { ...found.user, id: bytes(found.user.id) };
  if (found.excludeCredentials) found.excludeCredentials = named(found.excludeCredentials);
  if (found.allowCredentials) found.allowCredentials = named(found.allowCredentials);
  return found;
}

function answered(credential) {
  const said = credential.response;
  const response = { clientDataJSON: text(said.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (said[part]) response[part] = text(said[part]);
  }
  const { id, type } = credential;
  return JSON.stringify({ id, rawId: text(credential.rawId), type, response, clientExtensionResults: {} });
}

function offer(button) {
  const told = document.createElement("p");
  told.className = "field-error";
  told.setAttribute("role", "alert");
  button.hidden = false;
  button.addEventListener("click", async () => {
    told.remove();
    button.disabled = true;
    try {
      const publicKey = asked(JSON.parse(button.dataset.options));
      const credential = await navigator.credentials[button.dataset.passkey]({ publicKey });
      button.form.elements.credential.value = answered(credential);
      button.form.submit();
    } catch {
      told.textContent = button.dataset.failed;
      button.after(told);
      button.disabled = false;
    }
  });
}

export function begin(root) {
  if (window.PublicKeyCredential) root.querySelectorAll("[data-passkey]").forEach(offer);
}
