// memfd_create: no name, no folder, gone with its last user.
#include "numest/base/shared_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "numest/base/error.h"

namespace numest {
namespace {

constexpr size_t kPage = 4096;

void resize(const Descriptor& file, size_t size) {
  if (ftruncate(file.get(), static_cast<off_t>(size)) != 0)
    fail_errno("resize", "shared memory");
}

Descriptor new_file() {
  Descriptor file(memfd_create("numest", MFD_CLOEXEC));
  if (!file.is_open()) fail_errno("make", "shared memory");
  resize(file, kPage);
  return file;
}

}  // namespace

Mapping::Mapping(const Descriptor& file, size_t size) : size_(size) {
  void* at =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (at == MAP_FAILED) fail_errno("map", "shared memory");
  data_ = static_cast<std::byte*>(at);
}

Mapping::~Mapping() { munmap(data_, size_); }

SharedMemory::SharedMemory()
    : file_(new_file()), mapping_(std::make_shared<Mapping>(file_, kPage)) {}

void SharedMemory::reserve(size_t size) {
  if (size <= this->size()) return;
  // At least twice as much, so that growing step by step stays cheap.
  size = (std::max(size, 2 * this->size()) + kPage - 1) / kPage * kPage;
  resize(file_, size);
  follow(size);
}

void SharedMemory::follow(size_t size) {
  if (size > this->size()) mapping_ = std::make_shared<Mapping>(file_, size);
}

}  // namespace numest
