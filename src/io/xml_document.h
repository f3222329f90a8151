// XmlDocument: pugixml behind a small door. Its parser works in place and without recursion; its
// memory is reserved by the most that a text of that size can need.
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "base/memory.h"

namespace spelk::io {

// "x<a/>" makes two nodes of 64 bytes out of 5 bytes of text.
inline constexpr size_t kXmlBytesForByte = 27;
inline constexpr size_t kXmlFirstPages = 64U << 10U;

inline bool IsElement(const pugi::xml_node& node) { return node.type() == pugi::node_element; }

// A parsed document and the memory it stands on.
class XmlDocument {
 public:
  explicit XmlDocument(MemoryBudget* budget) : reservation_(budget) {}

  size_t BytesFor(std::string_view xml) const {
    return xml.size() * kXmlBytesForByte + kXmlFirstPages;
  }
  bool Reserve(std::string_view xml) { return reservation_.Resize(BytesFor(xml)); }
  bool Parse(std::string_view xml) {
    text_.assign(xml);
    return static_cast<bool>(document_.load_buffer_inplace(
        text_.data(), text_.size(), pugi::parse_default, pugi::encoding_utf8));
  }
  const pugi::xml_document& root() const { return document_; }

 private:
  Reservation reservation_;
  std::string text_;
  pugi::xml_document document_;
};

}  // namespace spelk::io
