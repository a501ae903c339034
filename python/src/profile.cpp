// Profiles for Python: text and plain data.
#include "profile.h"

#include <nanobind/stl/string.h>

#include "numest/base/error.h"
#include "numest/runtime/profile.h"

namespace numest::python {

namespace {

nb::dict row_of(const ProfiledSpan& span, double call_us) {
  nb::dict row;
  row["kind"] = name(span.label.kind);
  row["name"] = span.label.name;
  row["program"] = span.label.program;
  row["step"] = span.label.step;
  row["type"] = span.label.type;
  row["source"] = span.label.location;
  row["calls"] = span.calls;
  row["us"] = span.us;
  row["own_us"] = span.own_us;
  row["share"] = call_us > 0 ? span.own_us / call_us : 0.0;
  row["bytes"] = span.work.num_bytes;
  row["flops"] = span.work.num_flops;
  row["gb_per_s"] = span.gb_per_s;
  row["gflop_per_s"] = span.gflop_per_s;
  row["share_of_limit"] = span.share_of_limit;
  return row;
}

nb::dict call_of(const ProfiledCall& call) {
  nb::list rows;
  for (const ProfiledSpan& span : call.spans)
    rows.append(row_of(span, call.us));
  nb::dict result;
  result["name"] = call.name;
  result["calls"] = call.calls;
  result["us"] = call.us;
  result["rows"] = rows;
  return result;
}

nb::dict limits_of(const MachineLimits& limits) {
  nb::dict result;
  result["num_threads"] = limits.num_threads;
  result["gb_per_s"] = limits.gb_per_s;
  result["gflop_per_s"] = limits.gflop_per_s;
  return result;
}

nb::dict as_dict(const Profile& profile) {
  nb::list calls;
  for (const ProfiledCall& call : profile.calls()) calls.append(call_of(call));
  nb::dict result;
  result["us"] = profile.us();
  result["limits"] = limits_of(profile.limits());
  result["events"] = profile.num_events();
  result["dropped_events"] = profile.num_dropped_events();
  result["calls"] = calls;
  return result;
}

}  // namespace

void bind_profile(nb::module_& m) {
  nb::class_<Profile>(m, "Profile")
      .def(nb::init<int64_t>(), nb::arg("max_events"),
           nb::call_guard<nb::gil_scoped_release>())
      .def("stop", &Profile::stop)
      .def("table", &Profile::table, nb::arg("max_rows"))
      .def("as_dict", &as_dict)
      .def("save_chrome_trace", &Profile::save_chrome_trace, nb::arg("path"),
           nb::call_guard<nb::gil_scoped_release>());
}

}  // namespace numest::python
