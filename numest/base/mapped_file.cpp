// Whole files as read-only memory; the map outlives the descriptor.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>

#include "numest/base/counters.h"
#include "numest/base/file.h"
#include "numest/base/posix_file.h"

namespace numest {

std::shared_ptr<const MappedFile> MappedFile::open(const std::string& path) {
  const Descriptor file = Descriptor::open(path, O_RDONLY);
  count(Counter::file_opens);
  struct stat status;
  if (::fstat(file.get(), &status) != 0) fail_errno(FileOperation::kMap, path);
  const size_t size = static_cast<size_t>(status.st_size);
  if (S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    fail_errno(FileOperation::kMap, path);
  }
  void* data = nullptr;  // mmap refuses length 0
  if (size > 0) {
    if (!has_fault(FileOperation::kMap, path))
      data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (!data || data == MAP_FAILED) fail_errno(FileOperation::kMap, path);
  }
  return std::shared_ptr<const MappedFile>(
      new MappedFile(static_cast<const std::byte*>(data), size));
}

MappedFile::~MappedFile() {
  if (size_ > 0) ::munmap(const_cast<std::byte*>(data_), size_);
}

}  // namespace numest
