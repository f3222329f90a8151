// Overloaded: several lambdas as one visitor of a std::variant.
#pragma once

namespace spelk {

template <class... Takes>
struct Overloaded : Takes... {
  using Takes::operator()...;
};
// clang 14 does not deduce this for aggregates.
template <class... Takes>
Overloaded(Takes...) -> Overloaded<Takes...>;

}  // namespace spelk
