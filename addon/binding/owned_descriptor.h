#pragma once

#include <unistd.h>
#include <utility>

namespace tsrun {

/// A descriptor that is closed at the end of its scope unless it was released.
class OwnedDescriptor {
      public:
	explicit OwnedDescriptor(int fd = -1) : fd_(fd) {}
	OwnedDescriptor(OwnedDescriptor &&other) noexcept : fd_(other.release()) {}
	OwnedDescriptor &operator=(OwnedDescriptor &&other) noexcept {
		std::swap(fd_, other.fd_);
		return *this;
	}
	OwnedDescriptor(const OwnedDescriptor &) = delete;
	OwnedDescriptor &operator=(const OwnedDescriptor &) = delete;
	~OwnedDescriptor() {
		if (fd_ >= 0) close(fd_);
	}

	int get() const { return fd_; }
	bool valid() const { return fd_ >= 0; }
	int release() { return std::exchange(fd_, -1); }

      private:
	int fd_;
};

} // namespace tsrun
