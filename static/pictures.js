// Pictures at the desk: files are sent one by one with progress, also when they are dropped on the form;
// and what must not be cut off is chosen by a click. Without this, the forms do the same.
(() => {
  const form = document.querySelector("form.drop");
  if (form) {
    const input = form.querySelector("input[type=file]");
    const list = form.querySelector(".progress");
    const words = list.dataset;
    const line = (file) => {
      const item = list.appendChild(document.createElement("li"));
      item.append(document.createElement("bdi"), " ", document.createElement("span"));
      item.firstChild.textContent = file.name;
      item.say = (text) => { item.lastChild.textContent = text; };
      item.say(words.waiting);
      return item;
    };
    const send = (file, item) => new Promise((done) => {
      const request = new XMLHttpRequest();
      const data = new FormData();
      data.append("csrf_token", form.elements.csrf_token.value);
      data.append("files", file);
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.upload.onprogress = (event) => item.say(`${Math.round(100 * event.loaded / event.total)} %`);
      request.onloadend = () => {
        const answer = request.response || {};
        const refused = (answer.refused || [])[0];
        const picture = (answer.pictures || [])[0];
        if (picture) {
          const link = document.createElement("a");
          link.href = form.action + picture.id;
          link.textContent = words.done;
          item.lastChild.replaceChildren(link);
        } else {
          const isOut = [400, 403].includes(request.status); // the gate's answer, which is a page
          item.say(refused ? refused.sentence : isOut ? words.out : words.failed);
        }
        done();
      };
      request.send(data);
    });
    const sendAll = async (files) => {
      list.hidden = false;
      const waiting = [...files].map((file) => [file, line(file)]);
      for (const [file, item] of waiting) {
        if (file.size > 25 * 1024 * 1024) item.say(words.large);
        else await send(file, item);
      }
      input.value = "";
    };
    form.addEventListener("submit", (event) => {
      if (!input.files.length) return;
      event.preventDefault();
      sendAll(input.files);
    });
    form.addEventListener("dragover", (event) => event.preventDefault());
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      sendAll(event.dataTransfer.files);
    });
    document.addEventListener("paste", (event) => {
      if (event.clipboardData.files.length) sendAll(event.clipboardData.files);
    });
  }
  const figure = document.querySelector("[data-focal]");
  const x = document.getElementById("focal_x");
  const y = document.getElementById("focal_y");
  if (figure && x && y) {
    const image = figure.querySelector("img");
    image.title = figure.dataset.focal;
    // A mark over the point, also when it is written into the fields.
    const place = document.createElement("span");
    const mark = document.createElement("span");
    place.className = "focal";
    image.replaceWith(place);
    place.append(image, mark);
    const show = () => {
      const [left, top] = [x, y].map((field) => Math.min(100, Math.max(0, Number(field.value) || 0)));
      mark.style.left = `${left}%`;
      mark.style.top = `${top}%`;
    };
    show();
    for (const field of [x, y]) field.addEventListener("input", show);
    image.addEventListener("click", (event) => {
      const box = image.getBoundingClientRect();
      x.value = Math.round(100 * (event.clientX - box.left) / box.width);
      y.value = Math.round(100 * (event.clientY - box.top) / box.height);
      show();
    });
  }
})();
