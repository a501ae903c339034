// One bug per kind; compiled with a sanitizer preset's flags, each must end
// the process. tools/sanitize runs it, so that a guard that cannot fail shows.
#include <climits>
#include <cstdlib>
#include <string_view>
#include <thread>

namespace {

int volatile sink = 0;

void overflow_buffer(int n) {
  int* values = new int[4]{};
  sink = values[n];  // NOLINT: n is 4
  delete[] values;
}

void overflow_integer(int n) { sink = INT_MAX - 3 + n; }

void leak(int n) {
  void* volatile lost = std::malloc(static_cast<size_t>(n));
  lost = nullptr;
  static_cast<void>(lost);
}

void race(int n) {
  int value = 0;
  std::thread other([&] {
    for (int i = 0; i < 1000 * n; ++i) ++value;
  });
  for (int i = 0; i < 1000 * n; ++i) ++value;
  other.join();
  sink = value;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view kind = argc > 1 ? argv[1] : "none";
  const int n = argc + 2;  // 4, unknown to the compiler
  if (kind == "buffer") overflow_buffer(n);
  if (kind == "integer") overflow_integer(n);
  if (kind == "leak") leak(n);
  if (kind == "race") race(n);
  return 0;
}
