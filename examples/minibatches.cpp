// Mini-batches of float32 predictions, one handle for all of them, each begun
// at the labels it had last: what a training loop does.
//
//   c++ minibatches.cpp -o minibatches $(pkg-config --cflags --libs ystep)
#include <cmath>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <vector>
#include <ystep.h>

namespace {

struct Closer {
  void operator()(ystep_handle *handle) const {
    ys_close(handle);
  }
};
using Handle = std::unique_ptr<ystep_handle, Closer>;

void check(const Handle &handle, int code) {
  if (code != YSTEP_OK)
    throw std::runtime_error(ys_message(handle.get()));
}

// Predictions of some network or other, after so many epochs.
std::vector<float> predict(std::size_t rows, std::size_t classes, int epoch) {
  std::vector<float> sigma(rows * classes);
  for (std::size_t i = 0; i < rows; i++) {
    double sum = 0;
    for (std::size_t k = 0; k < classes; k++) {
      const double wave = std::sin(static_cast<double>(i * (k + 2) + 7 * k));
      const double grown = std::exp((1 + epoch) * wave);
      sigma[i * classes + k] = static_cast<float>(grown);
      sum += grown;
    }
    for (std::size_t k = 0; k < classes; k++)
      sigma[i * classes + k] /= static_cast<float>(sum);
  }
  return sigma;
}

} // namespace

int main() try {
  const std::size_t rows = 1024, classes = 10, batch = 256;
  std::vector<double> y(rows * classes, 1.0 / classes);
  Handle handle(ys_open());
  check(handle, ys_set(handle.get(), "lambda", 10));
  check(handle, ys_set(handle.get(), "threads", 1));
  check(handle, ys_set_text(handle.get(), "start", "given"));
  for (int epoch = 0; epoch < 3; epoch++) {
    const std::vector<float> sigma = predict(rows, classes, epoch);
    double largest = 0;
    for (std::size_t i = 0; i < rows; i += batch) {
      const ystep_array part = {&sigma[i * classes], YSTEP_FLOAT, batch,
                                classes, 0};
      const ystep_array labels = {&y[i * classes], YSTEP_DOUBLE, batch, classes,
                                  0};
      check(handle, ys_solve(handle.get(), &part, &labels));
      largest = std::fmax(largest, ys_get(handle.get(), "gap"));
    }
    std::printf("epoch %d: every mini-batch within 1e-6 of its optimum: %s\n",
                epoch, largest <= 1e-6 ? "yes" : "no");
  }
} catch (const std::exception &error) {
  std::fprintf(stderr, "minibatches: %s\n", error.what());
  return 1;
}
