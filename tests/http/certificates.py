"""Certificates of an authority of our own, made with the openssl command."""

import pathlib
import subprocess


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=60)


class Authority:
    def __init__(self, folder, name="llavero tests"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.key, self.file = self.folder / "ca.key", self.folder / "ca.pem"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", str(self.key), "-out", str(self.file), "-days", "2", "-subj",
                f"/CN={name} CA", "-addext", "basicConstraints=critical,CA:TRUE",
                "-addext", "keyUsage=critical,keyCertSign")

    def issue(self, name, *alternatives, kind=("ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
              days=2):
        """A certificate and its key for `alternatives`, as "DNS:name" or "IP:address"."""
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        openssl("req", "-new", "-newkey", *kind, "-nodes", "-keyout", str(key), "-out",
                str(request), "-subj", f"/CN={name}")
        extensions.write_text(f"subjectAltName={','.join(alternatives)}\n"
                              "extendedKeyUsage=serverAuth\n", encoding="utf-8")
        openssl("x509", "-req", "-in", str(request), "-CA", str(self.file), "-CAkey",
                str(self.key), "-CAcreateserial", "-days", str(days), "-out", str(certificate),
                "-extfile", str(extensions))
        key.chmod(0o600)
        return certificate, key
