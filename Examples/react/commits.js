// Runs before React. React reports each commit to its developer tools; this hook lets the renderer see them.
var commits = {show: () => {}};
var __REACT_DEVTOOLS_GLOBAL_HOOK__ = {
  supportsFiber: true,
  inject: () => 1,
  onScheduleFiberRoot: () => {},
  onCommitFiberUnmount: () => {},
  onPostCommitFiberRoot: () => {},
  onCommitFiberRoot: () => commits.show(),
};
