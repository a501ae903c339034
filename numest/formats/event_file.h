// Event files, which TensorBoard reads: TFRecords of Event messages, the
// first one the file version (TensorFlow, util/event.proto, summary.proto,
// util/events_writer.cc).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "numest/array/array.h"
#include "numest/base/file.h"

namespace numest {

/// One value of a summary. `scalar` is set for scalars of both writers
/// (simple_value, and one-element number tensors); other kinds have a name
/// only: "image", "histo", "tensor".
struct SummaryValue {
  std::string tag;
  std::string kind;
  std::optional<double> scalar;
};

struct Event {
  double wall_time = 0;  // seconds since 1970
  int64_t step = 0;
  std::string file_version;  // of the first event only
  std::vector<SummaryValue> values;
};

/// Appends events to a new file of `logdir`, named
/// events.out.tfevents.<seconds>.<host><suffix>; one thread at a time.
/// Events are in the file after `flush()`, `close()` and on destruction; an
/// event that cannot be written to its end leaves no part of it.
class EventWriter {
 public:
  /// Makes the directory if needed. A file of this name is never overwritten:
  /// the suffix gets a number.
  explicit EventWriter(const std::string& logdir,
                       const std::string& suffix = "");
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;

  const std::string& path() const { return path_; }
  /// False once the file was removed: nobody can read what is written.
  bool has_name() const;
  void add_scalar(const std::string& tag, float value, int64_t step);
  /// One event with several scalars.
  void add_scalars(const std::vector<std::pair<std::string, float>>& scalars,
                   int64_t step);
  /// The distribution of all elements of a real array, in TensorFlow's
  /// buckets. NaN and infinity give a ValueError.
  void add_histogram(const std::string& tag, const Array& values, int64_t step);
  /// A uint8 image (height, width, channels) as PNG; see `encode_png`.
  void add_image(const std::string& tag, const Array& image, int64_t step);
  /// Writes what is pending. Throws OSError; a later flush tries again.
  void flush();
  /// Flushes and closes, for errors that show as late as that.
  void close();

 private:
  void append(const std::string& event);
  std::string path_;
  std::unique_ptr<FileAppender> file_;
};

/// Reads all events of a file. A record that is still being written ends the
/// file; other damage is a DataLossError.
std::vector<Event> read_events(const std::string& path);

/// Paths of the event files in a directory, oldest first by name; none if
/// there is no such directory.
std::vector<std::string> list_event_files(const std::string& logdir);

/// Replaces characters that tags may not have (all but [-/\w.]) by '_'.
std::string clean_tag(const std::string& name);

}  // namespace numest
