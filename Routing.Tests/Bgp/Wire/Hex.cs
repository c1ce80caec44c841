namespace Routing.Tests.Bgp.Wire;

/// <summary>Octets written for people: spaces, line breaks and comments from "#" to the end of a line mean
/// nothing.</summary>
internal static class Hex
{
    public static byte[] Parse(string text) => Convert.FromHexString(
        string.Concat(text.Split('\n').SelectMany(line => line.Split('#')[0]).Where(char.IsAsciiHexDigit)));

    /// <summary>A whole message around a body.</summary>
    public static byte[] Message(byte type, string body)
    {
        var octets = Parse(body);
        var length = octets.Length + 19;
        return [.. Enumerable.Repeat((byte)0xFF, 16), (byte)(length >> 8), (byte)length, type, .. octets];
    }
}
