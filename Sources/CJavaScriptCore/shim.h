#pragma once

#include <JavaScriptCore/JavaScript.h>
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

// JSContextRefPrivate.h, which no package installs: both libraries export these, and neither promises to go on doing so.
// Looked for at run time, so that a library without them still loads.

static inline void *CJSFind(const char *name) {
#ifdef RTLD_DEFAULT
  return dlsym(RTLD_DEFAULT, name);
#else
  return dlsym(NULL, name);
#endif
}

/// Has compiled scripts look for their end by themselves, before the first group is made. Otherwise WebKitGTK stops their
/// thread by a signal, again and again, and a script that spins goes on for ever now and then (seen in 2.50).
static inline void CJSUsePollingTraps(void) {
  typedef int (*Function)(const char *, int);
  Function function = (Function)CJSFind("jsc_options_set_boolean");
  if (function) function("usePollingTraps", 1);
}

static inline bool CJSTerminate(JSContextRef context, void *isTerminated) {
  (void)context;
  *(bool *)isTerminated = true;
  return true;
}

/// Ends a script that has run for `seconds` of processor time, and notes it in `isTerminated`, which must outlive the
/// group; `false` where the library can't.
static inline bool CJSContextGroupSetExecutionTimeLimit(JSContextGroupRef group, double seconds, bool *isTerminated) {
  typedef void (*Function)(JSContextGroupRef, double, bool (*)(JSContextRef, void *), void *);
  Function function = (Function)CJSFind("JSContextGroupSetExecutionTimeLimit");
  if (function) function(group, seconds, CJSTerminate, isTerminated);
  return function != NULL;
}

/// Has `callback` called with the promise and the reason of each rejection that nothing handles; `false` where the
/// library can't.
static inline bool CJSGlobalContextSetUnhandledRejectionCallback(JSGlobalContextRef context, JSObjectRef callback) {
  typedef void (*Function)(JSGlobalContextRef, JSObjectRef, JSValueRef *);
  Function function = (Function)CJSFind("JSGlobalContextSetUnhandledRejectionCallback");
  if (function) function(context, callback, NULL);
  return function != NULL;
}
