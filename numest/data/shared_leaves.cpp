// An element: its number of leaves; then for each a head and its elements in
// row-major order. Every part begins at a multiple of 64 bytes.
#include "numest/data/shared_leaves.h"

#include <cstdint>
#include <cstring>

#include "numest/base/error.h"

namespace numest::data {
namespace {

constexpr size_t kAlignment = 64;

size_t aligned(size_t position) {
  return (position + kAlignment - 1) / kAlignment * kAlignment;
}

struct LeafHead {
  DType dtype;
  int32_t ndim;
  int64_t extents[kMaxNdim];
};

LeafHead head_of(const Array& leaf) {
  LeafHead head{leaf.dtype(), leaf.ndim(), {}};
  for (int axis = 0; axis < leaf.ndim(); ++axis)
    head.extents[axis] = leaf.shape()[axis];
  return head;
}

void put_values(const Array& leaf, std::byte* at) {
  if (leaf.is_contiguous()) {
    std::memcpy(at, leaf.raw(), static_cast<size_t>(leaf.nbytes()));
    return;
  }
  const Shape& shape = leaf.shape();
  Array(leaf.dtype(), shape, contiguous_strides(shape, leaf.itemsize()), at,
        nullptr)
      .assign(leaf);
}

}  // namespace

void LeavesWriter::write(const Leaves& leaves) {
  const uint64_t count = leaves.size();
  std::memcpy(take(sizeof count), &count, sizeof count);
  for (const Array& leaf : leaves) write_leaf(leaf);
}

void LeavesWriter::write_leaf(const Array& leaf) {
  const LeafHead head = head_of(leaf);
  std::memcpy(take(sizeof head), &head, sizeof head);
  if (leaf.dtype() != DType::kBytes)
    return put_values(leaf, take(static_cast<size_t>(leaf.nbytes())));
  for (const Bytes& text : leaf.contiguous().span<Bytes>()) {
    const uint64_t size = text.size();
    std::byte* at = take(sizeof size + text.size());
    std::memcpy(at, &size, sizeof size);
    std::memcpy(at + sizeof size, text.data(), text.size());
  }
}

std::byte* LeavesWriter::take(size_t size) {
  const size_t begin = aligned(position_);
  memory_.reserve(begin + size);
  position_ = begin + size;
  return memory_.data() + begin;
}

Leaves LeavesReader::read() {
  uint64_t count;
  std::memcpy(&count, take(sizeof count), sizeof count);
  Leaves leaves;
  for (uint64_t i = 0; i < count; ++i) leaves.push_back(read_leaf());
  return leaves;
}

Array LeavesReader::read_leaf() {
  LeafHead head;
  std::memcpy(&head, take(sizeof head), sizeof head);
  const Shape shape(
      std::span<const int64_t>(head.extents, static_cast<size_t>(head.ndim)));
  if (head.dtype == DType::kBytes) return read_strings(shape);
  const int64_t num_bytes = shape.size() * itemsize(head.dtype);
  auto* at = const_cast<std::byte*>(take(static_cast<size_t>(num_bytes)));
  return Array(head.dtype, shape,
               contiguous_strides(shape, itemsize(head.dtype)), at,
               Buffer::borrow(at, num_bytes, memory_, false));
}

Array LeavesReader::read_strings(const Shape& shape) {
  Array out(DType::kBytes, shape);
  for (Bytes& text : out.span<Bytes>()) {
    uint64_t size;
    const std::byte* at = take(sizeof size);
    std::memcpy(&size, at, sizeof size);
    text.assign(reinterpret_cast<const char*>(at + sizeof size), size);
    position_ += size;
  }
  return out;
}

const std::byte* LeavesReader::take(size_t size) {
  const size_t begin = aligned(position_);
  NUMEST_CHECK(begin + size <= memory_->size());
  position_ = begin + size;
  return memory_->data() + begin;
}

}  // namespace numest::data
