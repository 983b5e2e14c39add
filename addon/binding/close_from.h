#pragma once

namespace tsrun {

/// Closes every descriptor from `first` on; false with errno set if it could not be done. Allocates nothing.
bool close_from(int first);

} // namespace tsrun
