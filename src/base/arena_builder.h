// ArenaBuilder: an array whose length is not known before it is made, in an arena.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/arena.h"

namespace spelk {

// Grows in place while nothing else is allocated from the arena, otherwise by copying to twice the
// room. When memory is used up the arena says so (`exhausted()`) and what follows is dropped.
template <class T>
class ArenaBuilder {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  explicit ArenaBuilder(Arena& arena) : arena_(arena) {}
  ArenaBuilder(const ArenaBuilder&) = delete;
  ArenaBuilder& operator=(const ArenaBuilder&) = delete;

  void Add(T item) {
    if (size_ == capacity_ && !Grow(1)) return;
    data_[size_++] = item;
  }
  void Add(std::span<const T> items) {
    if (items.empty()) return;
    if (items.size() > capacity_ - size_ && !Grow(items.size())) return;
    std::copy(items.begin(), items.end(), data_ + size_);
    size_ += items.size();
  }

  size_t size() const { return size_; }
  std::span<T> items() const { return {data_, size_}; }
  // What was built; the room that was left over goes back to the arena. The builder is empty again.
  std::span<T> Finish() {
    if (capacity_ != size_) (void)arena_.TryResize(data_, capacity_ * sizeof(T), size_ * sizeof(T));
    const std::span<T> built(data_, size_);
    data_ = nullptr;
    size_ = capacity_ = 0;
    return built;
  }

 protected:
  Arena& arena() { return arena_; }

 private:
  bool Grow(size_t more) {
    if (failed_) return false;
    constexpr size_t kFirst = std::max<size_t>(1, 64 / sizeof(T));
    const size_t wanted = std::max({kFirst, capacity_ * 2, size_ + more});
    if (data_ != nullptr && arena_.TryResize(data_, capacity_ * sizeof(T), wanted * sizeof(T))) {
      capacity_ = wanted;
      return true;
    }
    T* moved = arena_.AllocateArray<T>(wanted);
    failed_ = moved == nullptr;
    if (failed_) return false;
    std::copy(data_, data_ + size_, moved);
    data_ = moved;
    capacity_ = wanted;
    return true;
  }

  Arena& arena_;
  T* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
  bool failed_ = false;
};

// Text in an arena.
class ArenaText : public ArenaBuilder<char> {
 public:
  using ArenaBuilder::Add;
  using ArenaBuilder::ArenaBuilder;
  void Add(std::string_view text) { Add(std::span<const char>(text.data(), text.size())); }
  // Never a null pointer. A text of more than 4 GiB, which no value can hold, exhausts the arena.
  std::string_view FinishText() {
    const std::span<char> built = Finish();
    if (built.size() > UINT32_MAX) arena().Fail(built.size());
    return built.empty() || built.size() > UINT32_MAX
               ? std::string_view("", 0)
               : std::string_view(built.data(), built.size());
  }
};

}  // namespace spelk
