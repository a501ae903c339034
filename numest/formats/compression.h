// Deflate in its three wrappings, through zlib. Inflation is a stream, so
// that no size a file claims is allocated before its bytes exist.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace numest {

/// The wrapping of a deflated stream: none at all (not compressed), bare
/// (zip members), zlib's (RFC 1950), gzip's (RFC 1952).
enum class Compression { kNone, kDeflate, kZlib, kGzip };

/// "", "NONE", "ZLIB", "GZIP" as tf.data spells them; throws ValueError.
Compression compression_named(std::string_view name);

/// No deflated stream grows by more (zlib: 1032), rounded up.
inline constexpr uint64_t kMaxInflation = 1040;

/// Reads a compressed stream piece by piece; with kNone it copies. Checksums
/// of the wrapping are checked when the end is reached. Gzip members that
/// follow one another are one stream.
class Inflater {
 public:
  /// Borrows `input`; `source` names it in messages.
  Inflater(std::string_view input, Compression compression, std::string source);
  ~Inflater();
  /// Fills `out` and returns the bytes written, fewer than `count` at the
  /// end only. Throws DataLossError if the stream is damaged or truncated.
  size_t read(char* out, size_t count);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Inflates all of `input`.
std::string decompress(std::string_view input, Compression compression,
                       const std::string& source);
/// Deflates `input` at `level` 0 to 9 (-1: zlib's default).
std::string compress(std::string_view input, Compression compression,
                     int level = -1);

/// True if `bytes` begin as a gzip stream does.
bool is_gzip(std::string_view bytes);

}  // namespace numest
