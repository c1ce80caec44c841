using System.Text.Json;
using Routing.Cni.Protocol;

namespace Routing.Cni.Json;

/// <summary>Reads the network configuration.</summary>
/// <remarks>By hand: JsonSerializer, even with a generated context, looks up types, attributes and converters when it
/// is first used, and in a process that uses it once that took a quarter of the shim's own time.</remarks>
internal static class ConfigReader
{
    /// <exception cref="CniException">It is no JSON, or a key has a value of another type.</exception>
    public static NetworkConfig Read(ReadOnlyMemory<byte> input)
    {
        var config = new NetworkConfig();
        try
        {
            var cursor = new JsonCursor(input.Span);
            while (cursor.NextProperty(out var key))
            {
                ReadProperty(ref cursor, key, config, input);
            }

            cursor.RequireEnd();
            return config;
        }
        catch (JsonException e)
        {
            // The reader's own messages are not in the program (UseSystemResourceKeys); its place is.
            throw new CniException(CniErrorCode.DecodingFailure, "the network configuration on stdin cannot be read: "
                + (e.LineNumber is { } line
                    ? $"line {line + 1}, octet {e.BytePositionInLine + 1} is not JSON"
                    : e.Message));
        }
    }

    private static void ReadProperty(
        ref JsonCursor cursor, string key, NetworkConfig config, ReadOnlyMemory<byte> input)
    {
        switch (key)
        {
            case "cniVersion": config.CniVersion = cursor.String(key); break;
            case "name": config.Name = cursor.String(key); break;
            case "socket": config.Socket = cursor.String(key); break;
            case "mtu": config.Mtu = cursor.Number(key); break;
            case "timeoutSeconds": config.TimeoutSeconds = cursor.Number(key); break;
            case "ipMasq": config.IpMasq = cursor.Boolean(key); break;
            case "dns": config.Dns = cursor.RawObject(key, input); break;
            case "prevResult": config.PreviousResult = ReadResult(ref cursor); break;
            case "cni.dev/valid-attachments":
                var valid = new List<AttachmentId>();
                while (cursor.NextElement(key))
                {
                    valid.Add(ReadAttachmentId(ref cursor));
                }

                config.ValidAttachments = valid;
                break;
            case "ipam":
                while (cursor.NextProperty(out var inner))
                {
                    if (inner == "type")
                    {
                        config.IpamType = cursor.String("ipam.type");
                    }
                    else
                    {
                        cursor.Skip();
                    }
                }

                break;
            default: cursor.Skip(); break;
        }
    }

    private static Result ReadResult(ref JsonCursor cursor)
    {
        var result = new Result();
        while (cursor.NextProperty(out var key))
        {
            switch (key)
            {
                case "interfaces":
                    while (cursor.NextElement(key))
                    {
                        result.Interfaces.Add(ReadInterface(ref cursor));
                    }

                    break;
                case "ips":
                    while (cursor.NextElement(key))
                    {
                        result.Ips.Add(ReadIp(ref cursor));
                    }

                    break;
                case "routes":
                    while (cursor.NextElement(key))
                    {
                        result.Routes.Add(ReadRoute(ref cursor));
                    }

                    break;
                default: cursor.Skip(); break;
            }
        }

        return result;
    }

    private static Interface ReadInterface(ref JsonCursor cursor)
    {
        var message = new Interface();
        while (cursor.NextProperty(out var key))
        {
            switch (key)
            {
                case "name": message.Name = cursor.String(key); break;
                case "mac": message.Mac = cursor.String(key); break;
                case "mtu": message.Mtu = cursor.Number(key); break;
                case "sandbox": message.Sandbox = cursor.String(key); break;
                default: cursor.Skip(); break;
            }
        }

        return message;
    }

    private static IpConfig ReadIp(ref JsonCursor cursor)
    {
        var message = new IpConfig();
        while (cursor.NextProperty(out var key))
        {
            switch (key)
            {
                case "interface": message.Interface = cursor.Number(key); break;
                case "address": message.Address = cursor.String(key); break;
                case "gateway": message.Gateway = cursor.String(key); break;
                default: cursor.Skip(); break;
            }
        }

        return message;
    }

    private static Route ReadRoute(ref JsonCursor cursor)
    {
        var message = new Route();
        while (cursor.NextProperty(out var key))
        {
            switch (key)
            {
                case "dst": message.Dst = cursor.String(key); break;
                case "gw": message.Gw = cursor.String(key); break;
                default: cursor.Skip(); break;
            }
        }

        return message;
    }

    private static AttachmentId ReadAttachmentId(ref JsonCursor cursor)
    {
        var message = new AttachmentId();
        while (cursor.NextProperty(out var key))
        {
            switch (key)
            {
                case "containerID": message.ContainerId = cursor.String(key); break;
                case "ifname": message.IfName = cursor.String(key); break;
                default: cursor.Skip(); break;
            }
        }

        return message;
    }
}
