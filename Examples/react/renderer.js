// `reactExtension` and `useApi` of `@shopify/ui-extensions-react`, over React's test renderer (the one reconciler that
// Debian packages). Each commit replaces the whole tree.
const ExtensionAPI = React.createContext();
const useApi = () => React.useContext(ExtensionAPI);

const reactExtension = (target, render) => extension(target, (root, api) => {
  const component = (node) =>
    typeof node === 'string'
      ? root.createText(node)
      : root.createComponent(node.type, node.props, (node.children ?? []).map(component));
  const show = () => {
    const tree = renderer.toJSON();
    root.replaceChildren(...(tree === null ? [] : [tree].flat()).map(component));
  };
  const renderer = ReactTestRenderer.create(
    React.createElement(ExtensionAPI.Provider, {value: api}, render()));
  commits.show = show;
  show();
});
