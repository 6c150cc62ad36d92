// Before React: it tells its developer tools of each commit, and that is how the renderer hears of them.
var commits = {show: () => {}};
var __REACT_DEVTOOLS_GLOBAL_HOOK__ = {
  supportsFiber: true,
  inject: () => 1,
  onScheduleFiberRoot: () => {},
  onCommitFiberUnmount: () => {},
  onPostCommitFiberRoot: () => {},
  onCommitFiberRoot: () => commits.show(),
};
