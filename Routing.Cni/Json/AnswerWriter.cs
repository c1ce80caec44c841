using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Routing.Cni.Protocol;

namespace Routing.Cni.Json;

/// <summary>Writes what goes to stdout: a result in the shape of its version, an error, the versions.</summary>
internal static class AnswerWriter
{
    // Messages hold quotes and paths, and people read them; no browser does.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The success result of ADD (CNI 1.1.0 §5 and its forerunners).</summary>
    /// <param name="result">From the agent.</param>
    /// <param name="version">Of the network configuration.</param>
    /// <param name="dns">Of the network configuration; empty for none.</param>
    public static ReadOnlyMemory<byte> Result(
        Result result, string version, ReadOnlyMemory<byte> dns) => Write(writer =>
    {
        writer.WriteString("cniVersion"u8, version);
        writer.WriteStartArray("interfaces"u8);
        foreach (var each in result.Interfaces)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, each.Name);
            WriteUnlessEmpty(writer, "mac"u8, each.Mac);
            if (CniVersion.HasInterfaceMtu(version) && each.Mtu > 0)
            {
                writer.WriteNumber("mtu"u8, each.Mtu);
            }

            WriteUnlessEmpty(writer, "sandbox"u8, each.Sandbox);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("ips"u8);
        foreach (var each in result.Ips)
        {
            WriteIp(writer, each, version);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("routes"u8);
        foreach (var each in result.Routes)
        {
            writer.WriteStartObject();
            writer.WriteString("dst"u8, each.Dst);
            WriteUnlessEmpty(writer, "gw"u8, each.Gw);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (dns.Length > 0)
        {
            writer.WritePropertyName("dns"u8);
            writer.WriteRawValue(dns.Span, skipInputValidation: true); // it was read as JSON
        }
    });

    /// <summary>The error object of CNI 1.1.0 §5.</summary>
    public static ReadOnlyMemory<byte> Error(
        string version, CniErrorCode code, string message, string details) => Write(writer =>
    {
        writer.WriteString("cniVersion"u8, version);
        writer.WriteNumber("code"u8, (int)code);
        writer.WriteString("msg"u8, message);
        WriteUnlessEmpty(writer, "details"u8, details);
    });

    /// <summary>The version result of CNI 1.1.0 §5.</summary>
    /// <param name="version">The one the network configuration asked in.</param>
    public static ReadOnlyMemory<byte> Versions(string version) => Write(writer =>
    {
        writer.WriteString("cniVersion"u8, version);
        writer.WriteStartArray("supportedVersions"u8);
        foreach (var each in CniVersion.Supported)
        {
            writer.WriteStringValue(each);
        }

        writer.WriteEndArray();
    });

    private static void WriteIp(Utf8JsonWriter writer, IpConfig ip, string version)
    {
        writer.WriteStartObject();
        if (CniVersion.HasIpVersion(version))
        {
            writer.WriteString("version"u8, ip.Address.Contains(':') ? "6"u8 : "4"u8);
        }

        writer.WriteString("address"u8, ip.Address);
        WriteUnlessEmpty(writer, "gateway"u8, ip.Gateway);
        if (ip.HasInterface)
        {
            writer.WriteNumber("interface"u8, ip.Interface);
        }

        writer.WriteEndObject();
    }

    private static void WriteUnlessEmpty(Utf8JsonWriter writer, ReadOnlySpan<byte> key, string value)
    {
        if (value.Length > 0)
        {
            writer.WriteString(key, value);
        }
    }

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        members(writer);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
