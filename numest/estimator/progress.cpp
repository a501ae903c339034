// The texts, and when they are written.
#include "numest/estimator/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace numest::estimator {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTerminalPause{100};
// Of other streams: the pause doubles from the first to the last.
constexpr milliseconds kFirstPause{1000}, kLastPause{60'000};

std::string grouped(int64_t n) {
  std::string text = std::to_string(n);
  for (size_t i = text.size(); i > 3 && text[i - 4] != '-'; i -= 3)
    text.insert(i - 3, ",");
  return text;
}

std::string counted(int64_t n, const char* what) {
  return fmt::format("{} {}{}", grouped(n), what, n == 1 ? "" : "s");
}

// "42 s", "3 min 05 s", "2 h 07 min".
std::string duration(double seconds) {
  const auto s = int64_t(std::min(std::round(seconds), 1e9));
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} min {:02} s", s / 60, s % 60);
  return fmt::format("{} h {:02} min", s / 3600, s / 60 % 60);
}

}  // namespace

std::string plan_text(const Plan& plan) {
  std::string text;
  const auto add = [&](const std::string& part) {
    text += (text.empty() ? "" : ", ") + part;
  };
  const data::Epochs& e = plan.epochs;
  if (e.rows >= 0) add(counted(e.rows, "row"));
  if (e.length >= 0) {
    add(counted(e.length, "step") + " per epoch");
    add(e.count < 0 ? "endless epochs" : counted(e.count, "epoch"));
  }
  if (plan.end_step)
    add(counted(*plan.end_step - plan.first_step, "step"));
  else
    add("until the data ends");
  if (plan.first_step > 0) text += " from step " + grouped(plan.first_step);
  return text;
}

std::string progress_text(const Plan& plan, const Progress& p) {
  const int64_t done = p.step - plan.first_step;
  const double rate = double(p.num_examples) / std::max(p.seconds, 1e-9);
  std::string text = "step " + grouped(p.step);
  if (plan.end_step) text += " of " + grouped(*plan.end_step);
  text += fmt::format(": loss {:.4f}, {} examples/s", p.loss,
                      grouped(int64_t(std::min(rate, 1e15))));
  if (!plan.end_step) return text;
  if (p.step >= *plan.end_step)
    return text + fmt::format(", took {:.1f} s", p.seconds);
  if (done <= 0) return text;
  return text + ", " +
         duration(p.seconds * double(*plan.end_step - p.step) / double(done)) +
         " left";
}

ProgressLine::ProgressLine(const Plan& plan)
    : plan_(plan),
      is_terminal_(::isatty(STDERR_FILENO) == 1),
      start_(Clock::now()),
      pause_(is_terminal_ ? kTerminalPause : kFirstPause) {
  std::fprintf(stderr, "plan: %s\n", plan_text(plan_).c_str());
  next_ = start_ + pause_;
}

ProgressLine::~ProgressLine() {
  if (is_open_) std::fputc('\n', stderr);
}

void ProgressLine::show(int64_t step, double loss, int64_t num_examples,
                        bool is_last) {
  const auto now = Clock::now();
  if (!is_last && now < next_) return;
  if (!is_terminal_) pause_ = std::min(2 * pause_, kLastPause);
  next_ = now + pause_;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  write(progress_text(plan_, {step, loss, num_examples, seconds}));
}

// "\r" goes back to the start of the line, "ESC [K" clears to its end.
void ProgressLine::write(const std::string& text) {
  is_open_ = is_terminal_;
  std::fprintf(stderr, is_terminal_ ? "\r%s\x1b[K" : "%s\n", text.c_str());
  std::fflush(stderr);
}

}  // namespace numest::estimator
