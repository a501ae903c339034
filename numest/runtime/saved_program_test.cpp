// Programs in files: equal results after loading, damage and Python refused.
#include "numest/runtime/saved_program.h"

#include <gtest/gtest.h>

#include "numest/base/file.h"
#include "numest/ops/composite.h"
#include "numest/ops/operators.h"
#include "numest/transforms/trace.h"

namespace numest {
namespace {

Graph standardised() {
  const TensorSpec specs[] = {{DType::kFloat32, {fresh_extent(), 3}}};
  return trace(
      [](std::span<const Tensor> v) {
        return std::vector<Tensor>{(v[0] - mean(v[0], 0)) * 2.0};
      },
      specs, "standardised");
}

TEST(SavedProgram, RunsAsBeforeForAnyBatch) {
  const TemporaryDirectory folder;
  const std::string path = join_path(folder.path(), "program.numest");
  const Graph graph = standardised();
  save_program(graph, path);
  const Graph loaded = load_program(path);
  EXPECT_EQ(loaded.name, "standardised");
  for (int64_t rows : {1, 4}) {
    Array x(DType::kFloat32, {rows, 3});
    for (int64_t i = 0; i < x.size(); ++i) x.data<float>()[i] = float(i * i);
    const Array inputs[] = {x};
    EXPECT_TRUE(allclose(compile(loaded).run(inputs)[0],
                         compile(graph).run(inputs)[0], 0, 0));
  }
}

TEST(SavedProgram, DamageIsNoticed) {
  const TemporaryDirectory folder;
  const std::string path = join_path(folder.path(), "program.numest");
  save_program(standardised(), path);
  std::string bytes = read_file(path);
  bytes[bytes.size() / 2] ^= 1;
  write_file_atomically(path, bytes);
  try {
    load_program(path);
    FAIL() << "expected DataLossError";
  } catch (const DataLossError& error) {  // names the file
    EXPECT_NE(std::string(error.what()).find(path), std::string::npos);
  }
  EXPECT_THROW(load_program(path + ".none"), NotFoundError);
}

}  // namespace
}  // namespace numest
