// Readers of arrays: IDX, npy, npz, CSV.
#include "numest/base/file.h"
#include "numest/formats/compression.h"
#include "numest/formats/csv.h"
#include "numest/formats/idx.h"
#include "numest/formats/record_functions.h"
#include "numest/formats/zip.h"
#include "tests/fuzz/target.h"

namespace numest::fuzz {
namespace {

std::string idx_seed(char dtype, std::vector<char> extents, size_t num_bytes) {
  std::string bytes{'\0', '\0', dtype, char(extents.size())};
  for (const char extent : extents)
    bytes += std::string{'\0', '\0', '\0', extent};
  for (size_t i = 0; i < num_bytes; ++i) bytes += char(i * 7);
  return bytes;
}

std::vector<std::string> idx_seeds() {
  return {idx_seed(8, {2, 3, 2}, 12), idx_seed(13, {3}, 12),
          idx_seed(14, {0, 4}, 0), idx_seed(11, {}, 2)};
}

std::string read_idx_bytes(std::string_view bytes) {
  return digest(read_idx(MemoryFile(bytes).path()));
}

std::string gzipped(const std::string& bytes) {
  return compress(bytes, Compression::kGzip);
}

std::vector<std::string> npy_seeds() {
  const Array words = Array::from<Bytes>({"ab", "", "cde"});
  const Array matrix = Array::from<float>({1, 2, 3, 4, 5, 6}, {2, 3});
  return {to_npy(matrix),
          to_npy(words),
          to_npy(Array::scalar(int64_t{7})),
          to_npy(Array::zeros(DType::kComplex64, {0, 3})),
          to_npy(Array::zeros(DType::kBFloat16, {5})),
          to_npy(Array::zeros(DType::kBool, {3, 1}))};
}

const std::vector<std::string> kNpyWords = {"'descr'",    "'fortran_order'",
                                            "'shape'",    "True",
                                            "False",      "(2, 3)",
                                            "'<f4'",      "'>i8'",
                                            "'|S3'",      "'<U2'",
                                            "'|O'",       "()",
                                            "9999999999", "-1",
                                            "0",          "{",
                                            "}",          "'<M8[ns]'"};

std::string npz_of(const std::string& member, bool is_compressed) {
  const TemporaryDirectory folder;
  const std::string path = join_path(folder.path(), "x.npz");
  ZipWriter writer(path, is_compressed);
  writer.add("a.npy", member);
  writer.add("b.npy", to_npy(Array::from<int32_t>({1, 2})));
  writer.commit();
  return read_file(path);
}

std::string read_npz_bytes(std::string_view bytes) {
  return digest(read_npz(MemoryFile(bytes).path()));
}

const std::vector<std::string> kCsvSeeds = {
    "a,b,c\n1,2.5,x\n-3,,\"q\"\"q\"\n", "a\n1\n2\n", "\"a b\",c\r\n1,2\r\n",
    "x;y\n1e300;nan\n", "a,b\n\n9223372036854775807,0x10\n"};

std::string read_csv_text(std::string_view text) {
  std::string all;
  for (const bool header : {true, false})
    for (const char delimiter : {',', ';'}) try {
        all +=
            digest(parse_csv(text, {.header = header, .delimiter = delimiter}));
      } catch (const UserError& error) {
        all += error.what();
      }
  return all;
}

std::string decode_csv_text(std::string_view text) {
  const auto decoder =
      csv_decoder({.defaults = {Array::scalar(1.0f), Array::scalar(int64_t{2}),
                                Array::scalar(Bytes("x"))}});
  const Array record = Array::scalar(Bytes(text));
  NamedArrays columns;
  for (const Array& a : decoder->call({&record, 1}))
    columns.emplace_back("", a);
  return digest(columns);
}

}  // namespace

std::vector<Target> array_targets() {
  std::vector<std::string> archives;
  for (const bool is_compressed : {false, true})
    archives.push_back(npz_of(npy_seeds()[0], is_compressed));
  return {
      {.name = "idx", .seeds = idx_seeds(), .read = read_idx_bytes},
      {.name = "idx_gzip",
       .seeds = {gzipped(idx_seeds()[0]), gzipped(idx_seeds()[1])},
       .read = read_idx_bytes,
       .is_checked = true},
      {.name = "idx_in_gzip",
       .seeds = idx_seeds(),
       .read = read_idx_bytes,
       .wrap = gzipped},
      {.name = "npy",
       .seeds = npy_seeds(),
       .read = [](std::string_view b) { return digest(parse_npy(b, {}, "x")); },
       .words = kNpyWords},
      {.name = "npy_file",
       .seeds = npy_seeds(),
       .read =
           [](std::string_view b) {
             return digest(read_npy(MemoryFile(b).path()));
           },
       .words = kNpyWords},
      {.name = "npz",
       .seeds = archives,
       .read = read_npz_bytes,
       .words = {"PK\5\6", "PK\1\2", "PK\3\4", "PK\6\6", "PK\6\7"}},
      {.name = "npy_in_npz",
       .seeds = npy_seeds(),
       .read = read_npz_bytes,
       .wrap = [](const std::string& b) { return npz_of(b, false); },
       .words = kNpyWords},
      {.name = "csv",
       .seeds = kCsvSeeds,
       .read = read_csv_text,
       .words = {"\"", "\"\"", "\r\n", "1e999", "inf", "99999999999999999999"}},
      {.name = "csv_record",
       .seeds = {"1.5,2,abc", ",,", "\"1\",\"2\",\"a,\"\"b\""},
       .read = decode_csv_text,
       .words = {"\"", "\"\"", "1e999", "nan"}},
  };
}

}  // namespace numest::fuzz
