import JOSECore

/// A time that is not negative, written out once for the claims that repeat it.
struct DecimalDigits {
  private var text = InlineArray<20, UInt8>(repeating: 0)
  private var first = 20

  @inline(__always)
  init(_ date: NumericDate) {
    var rest = UInt64(date.secondsSinceEpoch)
    repeat {
      first -= 1
      text[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
  }

  func append(to output: inout OutputSpan<UInt8>) { output.append(text.span.extracting(first...)) }
}
