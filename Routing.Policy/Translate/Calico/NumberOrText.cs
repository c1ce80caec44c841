using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.Calico;

/// <summary>A port or a protocol as it travels: a number or a text, and a text may hold a number.</summary>
[JsonConverter(typeof(Converter))]
public sealed record NumberOrText(string Text)
{
    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>Reads either.</summary>
    public sealed class Converter : JsonConverter<NumberOrText>
    {
        /// <inheritdoc/>
        public override NumberOrText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType switch
            {
                JsonTokenType.String => new NumberOrText(reader.GetString() ?? ""),
                JsonTokenType.Number when reader.TryGetInt64(out var number) =>
                    new NumberOrText(number.ToString(CultureInfo.InvariantCulture)),
                _ => throw new JsonException("a whole number or a text"),
            };

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, NumberOrText value, JsonSerializerOptions options)
        {
            if (long.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                writer.WriteNumberValue(number);
            }
            else
            {
                writer.WriteStringValue(value.Text);
            }
        }
    }
}
