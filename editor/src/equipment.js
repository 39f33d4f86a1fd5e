// What stands around the text and is made once, however often the text goes to its HTML and back: the dialogs, and the way
// of files to the site.
import { pictureAt } from "./commands.js";
import { wordsDialog } from "./describing.js";
import { cardDialog, linkDialog } from "./links.js";
import { chooser, pictureDialog } from "./pictures.js";
import { nodeOf, sender, uploads } from "./sending.js";

const find = (id) => document.getElementById(id);

// `changed` is called when the words of a picture have changed.
export const equipped = (form, sheet, changed) => {
  const { upload: address, ...words } = sheet.dataset;
  const token = () => form.elements.csrf_token.value;
  const status = sheet.querySelector("[data-say]");
  const line = (sentence) => Object.assign(document.createElement("p"), { textContent: sentence });
  const say = (sentences) => status.replaceChildren(...sentences.map(line));
  const send = sender({ address, token, words });
  const choose = pictureDialog(find("picture-dialog"));
  const describe = wordsDialog(find("words-dialog"), { address, token, changed });
  const describeIn = (view, ...ids) => describe(ids, () => view.focus());
  const upload = uploads({ send, words, say, arrived: (view, pictures) => describeIn(view, ...pictures.map((each) => each.id)) });
  const opens = {
    link: linkDialog(find("link-dialog")),
    card: cardDialog(find("card-dialog"), chooser),
    picture: (state, dispatch, view) => {
      if (!dispatch) return true;
      const chosen = (picture) => view.dispatch(view.state.tr.replaceSelectionWith(nodeOf(picture)).scrollIntoView());
      const sent = (files) => upload.take(view, files, view.state.selection.from);
      choose({ isSeveral: true, chosen, sent, closed: () => view.focus() });
      return true;
    },
    words: (state, dispatch, view) => {
      const found = pictureAt(state);
      if (found && dispatch) describeIn(view, found.node.attrs["data-picture"]);
      return !!found;
    },
    keys: (state, dispatch) => {
      if (dispatch) find("editor-keys").showModal();
      return true;
    },
    source: () => true,
  };
  return { choose, describe, describeIn, send, upload, opens, say };
};
