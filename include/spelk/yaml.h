// spelk/yaml.h: documents of YAML, as detections and tests are written. Standard library only.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "spelk/result.h"

namespace spelk {

// A part of a document: a handle, cheap to copy. What an alias names is shared.
class Yaml {
 public:
  struct Impl;
  Yaml() = default;  // A part that is not there: no map, list or text, and nothing in it.
  explicit Yaml(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

  explicit operator bool() const { return impl_ != nullptr; }
  bool is_map() const;
  bool is_list() const;
  bool is_text() const;  // Any scalar but null.
  // Of a scalar; numbers and Booleans as they are written.
  const std::string& text() const;
  bool quoted() const;                          // Or a block: a text, whatever it looks like.
  size_t line() const;                          // Where it begins, from 1.
  size_t size() const;                          // Of a map or list.
  Yaml At(size_t index) const;                  // The item, or the value of the member.
  const std::string& Name(size_t index) const;  // Of the member.
  Yaml Find(std::string_view name) const;       // The value of the member of that name.

 private:
  std::shared_ptr<const Impl> impl_;  // Shared with the document.
};

// All documents of a text; `file` is its name in messages. The error names the place, what is wrong
// and how it is mended.
Result<std::vector<Yaml>> ReadYaml(std::string_view text, std::string_view file);

}  // namespace spelk
