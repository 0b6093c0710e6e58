// The page's language, for screen readers, hyphenation and the browser's translator: Streamlit leaves it at "en".

export default function ({ data }) {
  document.documentElement.lang = data.lang;
}
