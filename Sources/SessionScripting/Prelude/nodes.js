// The tree of components that an extension makes, as remote-ui has it: `root`, components and texts.
let isMounted = false;
const changed = () => { if (isMounted) native('changed'); };

class Node {
  #kind;
  #type;
  #props = create(null);
  #children = freeze([]);
  #text = '';
  #parent = null;

  constructor(kind, type) {
    this.#kind = kind;
    this.#type = type;
  }

  static root() { return new Node('root'); }

  static component(type, props, children) {
    if (typeof type !== 'string') throw new TheTypeError('createComponent takes the name of a component');
    const node = new Node('component', type);
    node.#merge(props);
    node.#append(children.length === 1 && isArray(children[0]) ? children[0] : children);
    return node;
  }

  static text(value) {
    const node = new Node('text');
    node.#text = text(value);
    return node;
  }

  get kind() { return this.#kind; }
  get type() { return this.#type; }
  get props() { return sealedProps(this.#props); }
  get children() { return this.#children; }
  get text() { return this.#text; }
  get parent() { return this.#parent; }

  createComponent(type, props, ...children) { return Node.component(type, props, children); }
  createText(value = '') { return Node.text(value); }

  append(...children) { this.#append(children); }
  appendChild(child) { this.#insert(child, this.#children.length); }

  insertBefore(child, before) {
    this.#insert(child, before === undefined || before === null ? this.#children.length : this.#placeOf(before));
  }

  removeChild(child) {
    this.#placeOf(child);
    this.#drop(child);
    changed();
  }

  replaceChildren(...children) {
    this.#mustContain();
    while (this.#children.length > 0) this.#drop(this.#children[0]);
    this.#append(children);
    changed();
  }

  remove() { this.#parent?.removeChild(this); }

  updateProps(props) {
    if (this.#kind !== 'component') throw new TheTypeError(`a ${this.#kind} has no props`);
    this.#merge(props);
    changed();
  }

  update(value) {
    if (this.#kind !== 'text') throw new TheTypeError(`a ${this.#kind} has no text of its own`);
    this.#text = text(value);
    changed();
  }

  mount() {
    if (this.#kind !== 'root') throw new TheTypeError('only the root is mounted');
    isMounted = true;
    native('changed');
  }

  #merge(props) {
    if (props === undefined || props === null) return;
    const names = ownKeys(props);
    for (let index = 0; index < names.length; index++) {
      if (typeof names[index] === 'string') this.#props[names[index]] = props[names[index]];
    }
  }

  #append(children) {
    for (let index = 0; index < children.length; index++) this.#insert(children[index], this.#children.length);
  }

  #insert(child, place) {
    this.#mustContain();
    const node = typeof child === 'string' ? Node.text(child) : child;
    if (typeof node !== 'object' || node === null || !(#kind in node)) {
      throw new TheTypeError('a child is a component, a text or a string');
    }
    for (let above = this; above; above = above.#parent) {
      if (above === node) throw new TheTypeError('a component can\'t be inside itself');
    }
    const before = at(this.#children, place);
    node.#parent?.#drop(node);
    const list = this.#children;
    const start = before === undefined || before === node ? list.length : this.#placeOf(before);
    this.#children = listOf(list.length + 1, (index) =>
      index < start ? list[index] : index === start ? node : list[index - 1]);
    node.#parent = this;
    changed();
  }

  #drop(child) {
    const list = this.#children;
    const place = this.#placeOf(child);
    this.#children = listOf(list.length - 1, (index) => list[index < place ? index : index + 1]);
    child.#parent = null;
  }

  #placeOf(child) {
    for (let index = 0; index < this.#children.length; index++) if (this.#children[index] === child) return index;
    throw new TheTypeError('that is no child of this');
  }

  #mustContain() {
    if (this.#kind === 'text') throw new TheTypeError('a text has no children');
  }

  // JSON, put together from strings alone: `stringify` asks objects for a `toJSON`, which may be anybody's.
  #json() {
    if (this.#kind === 'text') return `{"text":${stringify(this.#text)}}`;
    const names = ownKeys(this.#props);
    let props = '';
    let actions = '';
    let children = '';
    for (let index = 0; index < names.length; index++) {
      const value = this.#props[names[index]];
      const name = stringify(names[index]);
      if (typeof value === 'function') {
        actions += `${actions && ','}${name}`;
      } else {
        const json = attempt(stringify, [value]);
        if (json !== undefined) props += `${props && ','}${name}:${json}`;
      }
    }
    for (let index = 0; index < this.#children.length; index++) {
      children += `${children && ','}${this.#children[index].#json()}`;
    }
    const type = stringify(this.#type ?? 'root');
    return `{"type":${type},"props":{${props}},"actions":[${actions}],"children":[${children}]}`;
  }

  static json(node) { return node.#json(); }

  // The function that a component, found by its place among the children of children, was given as a prop.
  static action(node, path, name) {
    for (let index = 0; index < path.length; index++) node = node && at(node.#children, path[index]);
    const action = node?.#props[name];
    return typeof action === 'function' ? action : undefined;
  }
}

const sealedProps = (props) => {
  const copy = create(null);
  const names = ownKeys(props);
  for (let index = 0; index < names.length; index++) define(copy, names[index], props[names[index]]);
  return freeze(copy);
};

const {root: makeRoot, json: treeJSON, action: findAction} = Node;
delete Node.prototype.constructor;
freeze(Node.prototype);
freeze(Node);
