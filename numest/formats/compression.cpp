// zlib takes lengths of 32 bits, so both sides are fed in pieces of at most
// `kPiece` bytes.
#include "numest/formats/compression.h"

#include <zlib.h>

#include <algorithm>
#include <climits>

#include "numest/base/error.h"

namespace numest {
namespace {

constexpr size_t kPiece = size_t{1} << 20;

// zlib's code for the wrapping: negative none, +16 gzip.
int window_bits(Compression compression) {
  switch (compression) {
    case Compression::kDeflate:
      return -MAX_WBITS;
    case Compression::kGzip:
      return MAX_WBITS + 16;
    default:
      return MAX_WBITS;
  }
}

Bytef* input_pointer(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

}  // namespace

Compression compression_named(std::string_view name) {
  if (name.empty() || name == "NONE") return Compression::kNone;
  if (name == "ZLIB") return Compression::kZlib;
  NUMEST_USER_CHECK(name == "GZIP", ValueError,
                    "compression_type: got '{}', expected '', 'ZLIB' or "
                    "'GZIP'",
                    name);
  return Compression::kGzip;
}

struct Inflater::State {
  std::string_view input;
  Compression compression;
  std::string source;
  z_stream stream{};
  bool at_end = false;

  void feed() {
    const size_t size = std::min(input.size(), kPiece);
    stream.next_in = input_pointer(input);
    stream.avail_in = uInt(size);
    input.remove_prefix(size);
  }

  // After one stream: another gzip member, or the end.
  void finish_member() {
    if (stream.avail_in == 0) feed();
    if (compression == Compression::kGzip && stream.avail_in > 0)
      inflateReset(&stream);
    else
      at_end = true;
  }

  size_t inflate_some(char* out, size_t count) {
    if (stream.avail_in == 0) feed();
    stream.next_out = reinterpret_cast<Bytef*>(out);
    stream.avail_out = uInt(std::min(count, kPiece));
    const size_t room = stream.avail_out;
    const bool is_starved = stream.avail_in == 0;
    const int code = inflate(&stream, Z_NO_FLUSH);
    const size_t written = room - stream.avail_out;
    if (code == Z_STREAM_END) {
      finish_member();
    } else {
      NUMEST_USER_CHECK(code == Z_OK || (code == Z_BUF_ERROR && !is_starved),
                        DataLossError, "{}: the compressed stream is {}",
                        source,
                        code == Z_BUF_ERROR     ? "truncated"
                        : stream.msg != nullptr ? stream.msg
                                                : "damaged");
    }
    return written;
  }

  size_t copy_some(char* out, size_t count) {
    const size_t size = std::min(count, input.size());
    std::copy_n(input.data(), size, out);
    input.remove_prefix(size);
    at_end = input.empty();
    return size;
  }
};

Inflater::Inflater(std::string_view input, Compression compression,
                   std::string source)
    : state_(std::make_unique<State>()) {
  state_->input = input;
  state_->compression = compression;
  state_->source = std::move(source);
  if (compression == Compression::kNone)
    state_->at_end = input.empty();
  else
    NUMEST_CHECK(inflateInit2(&state_->stream, window_bits(compression)) ==
                 Z_OK);
}

Inflater::~Inflater() {
  if (state_->compression != Compression::kNone) inflateEnd(&state_->stream);
}

size_t Inflater::read(char* out, size_t count) {
  size_t done = 0;
  while (done < count && !state_->at_end)
    done += state_->compression == Compression::kNone
                ? state_->copy_some(out + done, count - done)
                : state_->inflate_some(out + done, count - done);
  return done;
}

std::string decompress(std::string_view input, Compression compression,
                       const std::string& source) {
  if (compression == Compression::kNone) return std::string(input);
  Inflater inflater(input, compression, source);
  std::string out;
  size_t got = 0;
  do {
    const size_t step = std::clamp(out.size(), size_t{4096}, kPiece);
    const size_t before = out.size();
    out.resize(before + step);
    got = inflater.read(out.data() + before, step);
    out.resize(before + got);
    if (got < step) break;
  } while (true);
  return out;
}

std::string compress(std::string_view input, Compression compression,
                     int level) {
  if (compression == Compression::kNone) return std::string(input);
  z_stream stream{};
  constexpr int kMemoryLevel = 8;  // zlib's default
  NUMEST_CHECK(deflateInit2(&stream, level, Z_DEFLATED,
                            window_bits(compression), kMemoryLevel,
                            Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out, piece(size_t{1} << 16, '\0');
  int code = Z_OK;
  while (code != Z_STREAM_END) {
    if (stream.avail_in == 0 && !input.empty()) {
      const size_t size = std::min(input.size(), kPiece);
      stream.next_in = input_pointer(input);
      stream.avail_in = uInt(size);
      input.remove_prefix(size);
    }
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = uInt(piece.size());
    code = deflate(&stream, input.empty() ? Z_FINISH : Z_NO_FLUSH);
    out.append(piece.data(), piece.size() - stream.avail_out);
  }
  deflateEnd(&stream);
  return out;
}

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

}  // namespace numest
