// Files: records, examples, CSV lines, event files.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "convert.h"
#include "numest/estimator/file_datasets.h"
#include "numest/formats/event_file.h"
#include "numest/formats/example.h"
#include "numest/formats/idx.h"
#include "numest/formats/png.h"
#include "numest/formats/record_functions.h"
#include "numest/formats/tfrecord.h"
#include "numest/ops/call.h"

namespace numest::python {

namespace {

nb::list call_foreign(std::shared_ptr<const ForeignFunction> function,
                      nb::handle records) {
  nb::list result;
  for (Tensor& t : call(op_named("python_call"), {to_tensor(records)},
                        {{"function", std::move(function)}}))
    result.append(nb::cast(std::move(t)));
  return result;
}

nb::list decode_csv(nb::handle records, const nb::list& defaults,
                    const std::string& delimiter, bool use_quotes,
                    const std::string& na_value,
                    const std::vector<int64_t>& columns) {
  NUMEST_USER_CHECK(delimiter.size() == 1, ValueError,
                    "decode_csv: field_delim should be only 1 char: got '{}'",
                    delimiter);
  CsvDecoderOptions o;
  for (nb::handle d : defaults) o.defaults.push_back(to_array(d).copy());
  o.delimiter = delimiter[0];
  o.use_quote_delim = use_quotes;
  o.na_value = na_value;
  o.columns = columns;
  return call_foreign(csv_decoder(std::move(o)), records);
}

// features: (key, dtype, shape, default or None) each.
nb::list parse_features(nb::handle records, const nb::list& features) {
  std::vector<ParsedFeature> all;
  for (nb::handle row : features) {
    ParsedFeature f;
    f.key = nb::cast<std::string>(row[0]);
    f.dtype = to_dtype(row[1]);
    f.shape = to_shape(row[2]);
    const nb::object value = row[3];
    if (!value.is_none()) f.default_value = to_array(value).copy();
    all.push_back(std::move(f));
  }
  return call_foreign(example_parser(std::move(all)), records);
}

nb::bytes to_bytes(const std::string& s) {
  return nb::bytes(s.data(), s.size());
}

nb::bytes make_example(const nb::dict& features) {
  NamedArrays arrays;
  for (auto [key, value] : features)
    arrays.emplace_back(nb::cast<std::string>(key), to_array(value));
  return to_bytes(serialize_example(arrays));
}

nb::dict read_example(const nb::bytes& bytes) {
  nb::dict result;
  for (const auto& [key, value] :
       numest::parse_example({bytes.c_str(), bytes.size()}))
    result[nb::str(key.c_str())] = to_ndarray(value);
  return result;
}

nb::list events_of(const std::string& path) {
  nb::list rows;
  for (const Event& e : read_events(path)) {
    nb::list values;
    for (const SummaryValue& v : e.values)
      values.append(nb::make_tuple(
          v.tag, v.kind, v.scalar ? nb::cast(*v.scalar) : nb::none()));
    rows.append(nb::make_tuple(e.wall_time, e.step, e.file_version, values));
  }
  return rows;
}

void bind_writer(nb::module_& m) {
  nb::class_<TFRecordWriter>(m, "TFRecordWriter")
      .def(nb::new_([](const std::string& path, const std::string& kind) {
        return new TFRecordWriter(path, compression_named(kind));
      }))
      .def("write",
           [](TFRecordWriter& w, const nb::bytes& record) {
             w.write({record.c_str(), record.size()});
           })
      .def("commit", &TFRecordWriter::commit);
  m.def("read_tfrecord", [](const std::string& path, const std::string& kind) {
    nb::list rows;
    for (const auto& r : read_tfrecord(path, compression_named(kind)))
      rows.append(to_bytes(r));
    return rows;
  });
}

void bind_images(nb::module_& m) {
  m.def("read_idx",
        [](const std::string& path) { return to_ndarray(read_idx(path)); });
  m.def("write_png", [](const std::string& path, nb::handle image) {
    write_png(path, to_array(image));
  });
}

}  // namespace

void bind_formats(nb::module_& m) {
  bind_images(m);
  m.def("decode_csv", &decode_csv);
  m.def("parse_features", &parse_features);
  m.def("serialize_example", &make_example);
  m.def("read_example", &read_example);
  m.def("events_of", &events_of);
  m.def("text_line_dataset",
        [](const std::vector<std::string>& paths, const std::string& kind) {
          return estimator::text_line_dataset(paths, compression_named(kind));
        });
  m.def("tfrecord_dataset",
        [](const std::vector<std::string>& paths, const std::string& kind) {
          return estimator::tfrecord_dataset(paths, compression_named(kind));
        });
  bind_writer(m);
}

}  // namespace numest::python
