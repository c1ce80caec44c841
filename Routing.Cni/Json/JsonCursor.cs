using System.Text.Json;

namespace Routing.Cni.Json;

/// <summary>Walks objects and arrays; what has another type than wanted is a <see cref="JsonException"/> that names key
/// and line.</summary>
internal ref struct JsonCursor(ReadOnlySpan<byte> input)
{
    private readonly ReadOnlySpan<byte> _input = input;
    private Utf8JsonReader _reader = new(input);

    /// <summary>Enters the object that is next, or goes on in it; its end has been read when this is false.</summary>
    public bool NextProperty(out string key)
    {
        key = "";
        Read();
        if (_reader.TokenType == JsonTokenType.StartObject)
        {
            Read();
        }

        switch (_reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                key = _reader.GetString()!;
                return true;
            case JsonTokenType.EndObject:
                return false;
            default:
                throw Unexpected("an object");
        }
    }

    /// <summary>Enters the array that is next, or goes on in it, and stops before an element; its end has been read
    /// when this is false.</summary>
    public bool NextElement(string key)
    {
        var ahead = _reader; // a copy: an element is read by whoever knows what it is
        Read();
        if (_reader.TokenType == JsonTokenType.StartArray)
        {
            ahead = _reader;
            Read();
        }

        switch (_reader.TokenType)
        {
            case JsonTokenType.EndArray:
                return false;
            case JsonTokenType.StartObject:
                _reader = ahead;
                return true;
            default:
                throw Unexpected($"{key}: a list of objects");
        }
    }

    public string String(string key)
    {
        Read();
        return _reader.TokenType == JsonTokenType.String ? _reader.GetString()! : throw Unexpected($"{key}: a string");
    }

    public uint Number(string key)
    {
        Read();
        return _reader.TokenType == JsonTokenType.Number && _reader.TryGetUInt32(out var value) ? value
            : throw Unexpected($"{key}: a whole number of 0 or more");
    }

    public bool Boolean(string key)
    {
        Read();
        return _reader.TokenType is JsonTokenType.True or JsonTokenType.False ? _reader.GetBoolean()
            : throw Unexpected($"{key}: true or false");
    }

    /// <summary>Passes over a value.</summary>
    public void Skip()
    {
        Read();
        _reader.Skip();
    }

    /// <summary>Passes over an object and gives its text.</summary>
    public ReadOnlyMemory<byte> RawObject(string key, ReadOnlyMemory<byte> input)
    {
        Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            throw Unexpected($"{key}: an object");
        }

        var start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        return input[start..(int)_reader.BytesConsumed];
    }

    /// <summary>Nothing may follow.</summary>
    public void RequireEnd()
    {
        if (_reader.Read())
        {
            throw Unexpected("the end");
        }
    }

    private void Read()
    {
        if (!_reader.Read())
        {
            throw Unexpected("more");
        }
    }

    private readonly JsonException Unexpected(string wanted)
    {
        var line = 1 + _input[..(int)_reader.TokenStartIndex].Count((byte)'\n');
        return new JsonException($"line {line}: expected {wanted}");
    }
}
