// Errors, counters, log lines and the module itself.
#include <nanobind/stl/function.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>

#include <atomic>
#include <optional>

#include "convert.h"
#include "numest/base/counters.h"
#include "numest/base/interrupt.h"
#include "numest/base/log.h"
#include "numest/base/thread_pool.h"

namespace numest::python {

namespace {

// One Python class per row of the error table, derived from numest's Error
// and from the built-in class of the row. KeyboardInterrupt is itself: only
// then does Python end with the status of a signal.
PyObject* error_classes[32] = {};

void make_error_classes(nb::module_& m) {
  nb::object base = nb::steal(
      PyErr_NewExceptionWithDoc("numest.Error", "base of the errors of Numest",
                                PyExc_Exception, nullptr));
  m.attr("Error") = base;
  nb::module_ builtins = nb::module_::import_("builtins");
#define NUMEST_PYTHON_ERROR(name, python, cause)                               \
  {                                                                            \
    nb::object parent = builtins.attr(python);                                 \
    nb::tuple bases = nb::make_tuple(base, parent);                            \
    const bool is_interrupt = std::string_view(python) == "KeyboardInterrupt"; \
    nb::object made =                                                          \
        is_interrupt ? parent                                                  \
                     : nb::steal(PyErr_NewExceptionWithDoc(                    \
                           "numest." #name, cause, bases.ptr(), nullptr));     \
    error_classes[int(ErrorCode::k##name)] = made.inc_ref().ptr();             \
    m.attr(#name) = made;                                                      \
  }
  NUMEST_ERROR_TABLE(NUMEST_PYTHON_ERROR)
#undef NUMEST_PYTHON_ERROR
}

void translate(const std::exception_ptr& p, void*) {
  try {
    std::rethrow_exception(p);
  } catch (const UserError& e) {
    PyErr_SetString(error_classes[int(e.code())], e.what());
  } catch (const InternalError& e) {
    PyErr_SetString(PyExc_SystemError, e.what());
  }
}

void set_python_log_sink(const nb::object& function) {
  if (function.is_none()) return set_log_sink({});
  Callable sink(function);
  set_log_sink([sink](LogLevel level, std::string_view text) {
    nb::gil_scoped_acquire lock;
    sink.get()(int(level), nb::str(text.data(), text.size()));
  });
}

}  // namespace

// While it is entered, signals set the flag that loops ask. Python runs its
// own handlers between bytecodes only.
struct Interrupts {
  // An evaluation within training must not lose the training's interrupt.
  inline static std::atomic<int> depth = 0;
  std::optional<InterruptScope> scope;

  void enter() {
    if (depth++ == 0) clear_interrupt();
    scope.emplace();
  }
  void exit() {
    scope.reset();
    if (--depth == 0) clear_interrupt();
  }
};

void bind_interrupts(nb::module_& m) {
  nb::class_<Interrupts>(m, "Interrupts")
      .def(nb::init<>())
      .def("__enter__", &Interrupts::enter)
      .def("__exit__", [](Interrupts& i, const nb::args&) { i.exit(); });
}

void bind_errors(nb::module_& m) {
  bind_interrupts(m);
  make_error_classes(m);
  nb::register_exception_translator(translate);
  m.def("counters", &counter_values,
        "Values of all counters since the process started, by name.");
  m.def(
      "set_log_level", [](int level) { set_log_level(LogLevel(level)); },
      nb::arg("level"));
  m.def("set_log_sink", &set_python_log_sink, nb::arg("function").none());
  m.def("num_threads", &num_threads, "Number of threads that compute.");
  m.def("set_num_threads", &set_num_threads, nb::arg("count"),
        "Lets `count` threads compute, 1 or more; results do not depend on "
        "it.");
  m.def("request_interrupt", &request_interrupt);
  m.def("clear_interrupt", &clear_interrupt);
}

namespace {}  // namespace

NB_MODULE(_core, m) {
  m.doc() = "The C++ core of Numest.";
  nb::set_leak_warnings(false);
  bind_errors(m);
  bind_tensor(m);
  bind_functions(m);
  bind_draws(m);
  bind_samples(m);
  bind_data(m);
  bind_formats(m);
  bind_train(m);
  bind_estimator(m);
}

}  // namespace numest::python
